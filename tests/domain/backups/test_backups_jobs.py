"""Backups as jobs: asked for, made by themselves when it is time, and thrown away when there are enough."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from webapp.checks import check_backups
from webapp.domain.backups import commands, queries
from webapp.domain.backups.archive import Archive
from webapp.domain.backups.files import REPLACED, list_files, name_for
from webapp.domain.jobs.commands import discard_job, enqueue
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.queries import get_job
from webapp.domain.settings.commands import update_settings
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Denied, NotFound
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Actor, Role, Work
from webapp.ports import BackupFolders
from webapp.web import Rangoli, commit_work
from webapp.worker.running import Runner

MakeWork = Callable[..., Work]


@pytest.fixture
def folders(app: Rangoli) -> BackupFolders:
    return app.ports.backups


def run(app: Rangoli, work: Work, job: Job) -> Job:
    """Commit the request and do the job, as a worker does."""
    job_id = job.id
    commit_work(work)
    Runner(app).run(job_id)
    return get_job(work, job_id)


def test_a_job_makes_a_backup(app: Rangoli, work: MakeWork, folders: BackupFolders) -> None:
    asking = work()
    job = commands.request_backup(asking)
    assert commands.request_backup(asking).id == job.id, "one at a time"
    done = run(app, asking, job)
    assert (done.state, done.reason, done.done) == (State.DONE, None, done.total - 1)
    assert done.result is not None and done.result["rows"] > 0
    (file,) = queries.list_backups(work(), folders, PageRequest()).data
    assert file.name == done.result["file"]
    with Archive(queries.get_backup(work(), folders, file.name).path) as archive:
        archive.verify()
    assert commands.find_unfinished(work()) is None


def test_a_job_that_is_discarded_leaves_no_file(
    app: Rangoli, work: MakeWork, folders: BackupFolders, monkeypatch: pytest.MonkeyPatch
) -> None:
    asking = work()
    job_id = commands.request_backup(asking).id
    commit_work(asking)

    def discarded(*_: object) -> list[str]:
        other = work()
        discard_job(other, job_id)
        commit_work(other)
        return []

    monkeypatch.setattr("webapp.domain.backups.writing.media_paths", discarded)
    Runner(app).run(job_id)
    assert get_job(work(), job_id).state == State.DISCARDED
    assert list(folders.backups.iterdir()) == []


def test_the_schedule_asks_when_it_is_time(app: Rangoli, work: MakeWork, folders: BackupFolders) -> None:
    now = utc_now()
    folders.backups.mkdir(exist_ok=True)
    for every, age, is_due in (
        ("daily", timedelta(hours=23), False),
        ("daily", timedelta(hours=24), True),
        ("weekly", timedelta(hours=24), False),
        ("weekly", timedelta(days=7), True),
        ("off", timedelta(days=999), False),
    ):
        for file in folders.backups.iterdir():
            file.unlink()
        (folders.backups / name_for(now - age)).touch()
        (folders.backups / name_for(now, REPLACED)).touch()
        update_settings(work(), {"backups_every": every})
        assert queries.is_due(work().session, folders, now) is is_due, (every, age)
    for file in folders.backups.iterdir():
        file.unlink()
    for every, is_due in (("daily", True), ("off", False)):
        update_settings(work(), {"backups_every": every})
        assert queries.is_due(work().session, folders, now) is is_due


def test_the_schedule_makes_one_job(app: Rangoli, work: MakeWork) -> None:
    for _ in range(2):
        asking = work()
        run(app, asking, enqueue(asking, "backups.schedule"))
    unfinished = commands.find_unfinished(work())
    assert unfinished is not None and unfinished.state == State.QUEUED


def test_only_so_many_are_kept(app: Rangoli, work: MakeWork, folders: BackupFolders) -> None:
    folders.backups.mkdir(exist_ok=True)
    old = [folders.backups / name_for(utc_now() - timedelta(days=days)) for days in range(1, 6)]
    for path in old:
        path.touch()
    killed, living = (folders.backups / f".{name}.partial" for name in ("killed", "living"))
    killed.touch()
    living.touch()
    os.utime(killed, (0, time.time() - 2 * 24 * 60 * 60))
    asking = work()
    update_settings(asking, {"backups_kept": "3"})
    run(app, asking, commands.request_backup(asking))
    assert len(list_files(folders.backups)) == 3
    assert [path.exists() for path in old] == [True, True, False, False, False]
    assert (killed.exists(), living.exists()) == (False, True)


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.EDITOR])
def test_only_admins_may_do_anything_with_them(
    app: Rangoli, make_user: Callable[..., object], work: MakeWork, folders: BackupFolders, role: Role | None
) -> None:
    person = work(Actor(make_user("member").id, role))  # type: ignore[attr-defined]
    folders.backups.mkdir(exist_ok=True)
    name = name_for(utc_now())
    (folders.backups / name).touch()
    for refused in (
        lambda: commands.request_backup(person),
        lambda: commands.find_unfinished(person),
        lambda: queries.find_last_job(person),
        lambda: commands.delete_backup(person, folders, name),
        lambda: queries.list_backups(person, folders, PageRequest()),
        lambda: queries.get_backup(person, folders, name),
        lambda: commands.hand_out_backup(person, folders, name),
    ):
        with pytest.raises(Denied):
            refused()


def test_deleting(work: MakeWork, folders: BackupFolders) -> None:
    folders.backups.mkdir(exist_ok=True)
    name = name_for(utc_now())
    (folders.backups / name).touch()
    deleting = work()
    commands.delete_backup(deleting, folders, name)
    assert (folders.backups / name).exists(), "not before the commit"
    commit_work(deleting)
    assert not (folders.backups / name).exists()
    with pytest.raises(NotFound):
        commands.delete_backup(work(), folders, name)
    with pytest.raises(NotFound):
        commands.delete_backup(work(), folders, "../secret_key")


@pytest.mark.parametrize(
    ("every", "age", "status", "detail"),
    [
        ("daily", None, "warning", "none yet"),
        ("daily", timedelta(minutes=61), "ok", "the last one is 1 hour old"),
        ("daily", timedelta(hours=49), "warning", "the last one is 2 days old"),
        ("weekly", timedelta(hours=49), "ok", "the last one is 2 days old"),
        ("off", timedelta(minutes=2), "ok", "the last one is 2 minutes old; none is made by itself"),
    ],
)
def test_the_doctor_tells_the_age(
    work: MakeWork, tmp_path: Path, every: str, age: timedelta | None, status: str, detail: str
) -> None:
    now = utc_now()
    update_settings(work(), {"backups_every": every})
    if age:
        (tmp_path / name_for(now - age)).touch()
    check = check_backups(work().session, BackupFolders(tmp_path, None), now)
    assert (check.status, check.detail) == (status, detail)


def test_the_doctor_has_a_line_for_it(app: Flask) -> None:
    assert "backups" in app.test_cli_runner().invoke(args=["doctor"]).output
