"""Backup and restore on both databases: everything comes back, or nothing changes."""

from __future__ import annotations

import json
import stat
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, inspect, select, text, update

from tests.domain.backups.states import back_up, restore_file, sums
from webapp.domain.accounts.models import User, UserSession
from webapp.domain.audit.models import AuditEvent
from webapp.domain.backups.archive import Archive, Unusable
from webapp.domain.backups.loading import restore
from webapp.domain.backups.media import Unpacking
from webapp.domain.backups.rows import coding_of
from webapp.domain.backups.tables import all_tables, late_columns
from webapp.domain.backups.writing import write_backup
from webapp.domain.content.commands import create_entry
from webapp.domain.content.content_types import DATA
from webapp.domain.content.models import SEARCH_PREFIX, Entry
from webapp.domain.content.search import search_entries
from webapp.domain.settings.commands import update_settings
from webapp.domain.themes.commands import create_theme, update_theme
from webapp.domain.themes.models import ActiveTheme, Theme
from webapp.domain.themes.presets import PRESETS
from webapp.extensions import db
from webapp.kernel.errors import Denied, Unavailable
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Actor, Role, Work

MakeWork = Callable[..., Work]


def titles(work: Work, q: str) -> list[str]:
    return [view.document["title"] for view in search_entries(work, DATA, q, PageRequest()).data]


def empty_everything(work: Work) -> None:
    """As far as anybody can: the default theme stays, and so does the one who does it."""
    # SQLite 3.40 finds no table to delete from with cascades on a connection that has read nothing since the
    # schema got another number, which it does with each test.
    work.session.scalar(select(Entry.id).limit(1))
    for model in (Entry, UserSession, User):
        work.session.execute(delete(model))
    update_settings(work, {"site_name": "Other"})
    create_theme(work, {"name": "Later", **PRESETS[2].document})
    create_entry(work, DATA, {"title": "Written later", "content": {}, "tags": ["later"]})
    work.session.commit()


# --- what is covered ------------------------------------------------------------------------


def test_no_table_of_the_database_is_forgotten(app: Flask) -> None:
    with app.app_context():
        there = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    ours = {table.name for table in all_tables()}
    assert {name for name in there if not name.startswith(SEARCH_PREFIX)} == ours


@pytest.mark.parametrize("table", all_tables(), ids=lambda table: table.name)
def test_every_column_can_be_written_and_every_circle_be_opened(table: object) -> None:
    for column in table.columns:  # type: ignore[attr-defined]
        assert coding_of(column)
    assert [c.name for c in late_columns(table) if not c.nullable] == []  # type: ignore[arg-type]


# --- there and back -------------------------------------------------------------------------


def test_everything_comes_back(furnished: MakeWork, media: Path, tmp_path: Path) -> None:
    before = sums()
    file = back_up(tmp_path / "b.zip", media)
    empty_everything(furnished())
    (media / "two.png").write_bytes(b"changed")
    (media / "image/2026/one.webp").unlink()
    (media / "three.gif").write_bytes(b"3")
    assert sums() != before
    restore_file(furnished(), file, media)
    assert sums() == before
    files = {path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()}
    assert files == {"two.png", "image/2026/one.webp"}
    assert (media / "two.png").read_bytes() == b"\x00\xff"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".media")] == []
    work = furnished()
    assert titles(work, "दीवाली") == ["दीवाली lamps"]
    assert titles(work, "lamps दीवाली") == ["दीवाली lamps"]
    assert titles(work, "Written later") == []


def test_what_is_replaced_can_be_had_back(furnished: MakeWork, media: Path, tmp_path: Path) -> None:
    file = back_up(tmp_path / "b.zip", media)
    empty_everything(furnished())
    (media / "three.gif").write_bytes(b"3")
    later = sums()
    replaced = restore_file(furnished(), file, media)
    again = replaced.rename(tmp_path / "again.zip")
    assert sums() != later
    restore_file(furnished(), again, media)
    assert sums() == later
    assert (media / "three.gif").read_bytes() == b"3"


def test_a_backup_is_of_one_moment(furnished: MakeWork, tmp_path: Path, database_kind: str) -> None:
    """Somebody writes while the first table is being read; none of it is in the file."""
    engine, before = db.engine, sums()

    def write() -> None:
        with engine.begin() as connection:
            connection.execute(update(User).values(full_name="Changed meanwhile"))
            connection.execute(delete(Entry))

    def progress(done: int, total: int) -> None:
        if done == 1:
            thread = threading.Thread(target=write)
            thread.start()
            thread.join(20)
            assert not thread.is_alive(), "the backup keeps others from writing"

    write_backup(db.engine, tmp_path / "b.zip", None, progress=progress)
    assert sums() != before
    restore_file(furnished(), tmp_path / "b.zip")
    assert sums() == before


def test_the_file_is_for_its_owner_alone_and_never_replaces_another(
    furnished: MakeWork, tmp_path: Path
) -> None:
    file = back_up(tmp_path / "b.zip")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        back_up(file)
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_the_manifest_says_what_is_in_the_file(furnished: MakeWork, media: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(back_up(tmp_path / "b.zip", media)) as file:
        manifest = json.loads(file.read("manifest.json"))
        lines = file.read("tables/users.jsonl").splitlines()
    assert (manifest["format"], manifest["has_media"]) == ("rangoli-backup", True)
    assert manifest["tables"]["users"]["rows"] == len(lines) == 2
    assert manifest["members"]["media/two.png"]["bytes"] == 2
    with zipfile.ZipFile(back_up(tmp_path / "without.zip", None)) as file:
        assert json.loads(file.read("manifest.json"))["has_media"] is False


def test_json_null_does_not_become_null(furnished: MakeWork, tmp_path: Path) -> None:
    work = furnished()
    work.session.execute(text("UPDATE content_revisions SET document = 'null' WHERE number = 1"))
    work.session.commit()
    file = back_up(tmp_path / "b.zip")
    restore_file(furnished(), file)
    for table, column in (("content_revisions", "document"), ("app_settings", "value")):
        nulls = text(f"SELECT count(*) FROM {table} WHERE {column} IS NULL")
        assert furnished().session.scalar(nulls) == 0


def test_ids_are_not_given_again_after_a_restore(furnished: MakeWork, tmp_path: Path) -> None:
    work = furnished()
    gone = create_entry(work, DATA, {"title": "Deleted for good", "content": {}}).entry_id
    work.session.execute(delete(Entry).where(Entry.id == gone))
    work.session.commit()
    file = back_up(tmp_path / "b.zip")
    work = furnished()
    later = create_entry(work, DATA, {"title": "Later", "content": {}}).entry_id
    work.session.commit()
    restore_file(furnished(), file)
    work = furnished()
    assert work.session.get(Entry, later) is None
    new = create_entry(work, DATA, {"title": "New", "content": {}}).entry_id
    assert new > later > gone


def test_web_processes_notice(app: Flask, furnished: MakeWork, tmp_path: Path) -> None:
    """A sheet that a process keeps ready goes when the state it was made of is replaced."""
    file = back_up(tmp_path / "b.zip")
    client = app.test_client()
    before = client.get("/themes/active.css").data
    work = furnished()
    theme = work.session.scalars(select(Theme).where(Theme.is_active)).one()
    update_theme(work, theme.id, {"colors": {"primary": "#123456"}})
    work.session.commit()
    changed = client.get("/themes/active.css").data
    assert b"#123456" in changed.lower() and changed != before
    counter = furnished().session.scalar(select(ActiveTheme.changes)) or 0
    furnished().session.rollback()
    restore_file(furnished(), file)
    assert client.get("/themes/active.css").data == before
    assert (furnished().session.scalar(select(ActiveTheme.changes)) or 0) > counter


def test_the_audit_log_is_as_it_was_and_says_that_it_was_restored(
    furnished: MakeWork, tmp_path: Path
) -> None:
    events = select(AuditEvent.action).order_by(AuditEvent.id)
    before = list(furnished().session.scalars(events))
    furnished().session.rollback()
    file = back_up(tmp_path / "b.zip")
    empty_everything(furnished())
    restore_file(furnished(), file)
    assert before and list(furnished().session.scalars(events)) == [*before, "backup.restore"]


def test_sessions_go_on_unless_they_are_to_end(furnished: MakeWork, tmp_path: Path) -> None:
    file = back_up(tmp_path / "b.zip")
    going = select(UserSession.id).where(UserSession.revoked_at.is_(None))
    restore_file(furnished(), file)
    assert furnished().session.scalars(going).first() is not None
    work = furnished()
    with Archive(file) as archive:
        restore(work, archive, None, replaced=tmp_path / "r.zip", signs_out=True)
    assert work.session.scalars(going).first() is None


# --- all or nothing -------------------------------------------------------------------------


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.EDITOR])
def test_only_admins_restore(work: MakeWork, tmp_path: Path, role: Role | None, make_user: object) -> None:
    file = back_up(tmp_path / "b.zip")
    person = make_user("member")  # type: ignore[operator]
    with Archive(file) as archive, pytest.raises(Denied):
        restore(work(Actor(person.id, role)), archive, None, replaced=tmp_path / "r.zip")


def test_a_restore_that_fails_late_changes_nothing(furnished: MakeWork, media: Path, tmp_path: Path) -> None:
    """The last media file cannot be put where it belongs: a folder has its name by now."""
    file = back_up(tmp_path / "b.zip", media)
    empty_everything(furnished())
    (media / "two.png").unlink()
    (media / "two.png" / "in-the-way").mkdir(parents=True)
    (media / "image/2026/one.webp").write_bytes(b"newer")
    later, work = sums(), furnished()
    with Archive(file) as archive, pytest.raises(OSError), Unpacking(archive, media) as unpacking:
        # The outgoing folder cannot be made either.
        unpacking.outgoing.write_bytes(b"")
        restore(work, archive, unpacking, replaced=tmp_path / "r.zip")
    work.session.rollback()
    assert sums() == later
    assert (media / "image/2026/one.webp").read_bytes() == b"newer"
    assert not (tmp_path / "r.zip").exists()


def test_another_version_is_named(furnished: MakeWork, tmp_path: Path) -> None:
    file = back_up(tmp_path / "b.zip")
    work = furnished()
    work.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    work.session.commit()
    with pytest.raises(Unusable, match=r"of database version \d+, and this database is at 0001"):
        restore_file(furnished(), file)


def test_a_database_that_is_busy_is_said_to_be(
    furnished: MakeWork, tmp_path: Path, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database_kind != "postgresql":
        pytest.skip("on SQLite the transaction waits before it begins")
    monkeypatch.setattr("webapp.domain.backups.tables.LOCK_TIMEOUT", "200ms")
    file = back_up(tmp_path / "b.zip")
    with db.engine.begin() as other:
        other.execute(update(User).values(full_name="Busy"))
        with Archive(file) as archive, pytest.raises(Unavailable, match="Others are writing"):
            restore(furnished(), archive, None, replaced=tmp_path / "r.zip")
