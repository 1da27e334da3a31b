"""Asking for work, doing it once, trying again, giving up; without Celery."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import Person
from webapp.domain.jobs import running, upkeep
from webapp.domain.jobs.commands import discard_job, enqueue, retry_job
from webapp.domain.jobs.models import Job, State, Worker
from webapp.domain.jobs.queries import get_job, list_jobs, list_schedules, queue_state
from webapp.domain.jobs.registry import GiveUp, JobRun, handles
from webapp.domain.jobs.running import backoff
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Conflict, Denied, NotFound, Unavailable
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Work
from webapp.web import commit_work
from webapp.worker.running import HOST, Runner, is_alive

BeginWork = Callable[..., Work]


@handles("test.write", attempts=3)
def write(run: JobRun) -> None:
    """Count the runs that are kept in one row, then do as the payload says."""
    row = run.work.session.get(AppSetting, "test_runs")
    if row is None:
        row = AppSetting(key="test_runs", value="0", created_at=run.work.now)
        run.work.session.add(row)
    row.value, row.updated_at = str(int(row.value) + 1), run.work.now
    run.work.session.flush()
    match run.payload.get("then"):
        case "fail":
            raise RuntimeError("postgresql://secret")
        case "down":
            raise Unavailable("The mail server does not answer.")
        case "refuse":
            raise NotFound("This is gone.")
        case "give up":
            raise GiveUp("The address does not exist.")
    run.result = {"runs": int(row.value)}


@handles("test.steps", time_limit=30)
def steps(run: JobRun) -> None:
    """Five steps, of which one may stop the run."""
    for number in range(run.done, 5):
        key = f"test_step_{number}"
        run.work.session.add(AppSetting(key=key, value="x", created_at=run.work.now, updated_at=run.work.now))
        if number == 2 and run.payload.get("stop") and not run.payload.pop("stopped", None):
            raise RuntimeError
        run.step(number + 1, 5)
        if number == 3 and "discard" in run.payload:
            run.work.session.execute(update(Job).values(state=State.DISCARDED))
            commit_work(run.work)


@handles("test.hourly", every=timedelta(hours=1))
def hourly(run: JobRun) -> None:
    if run.work.session.get(AppSetting, "test_hourly_fails"):
        raise RuntimeError


@pytest.fixture
def wakes(app: Flask) -> Iterator[list[UUID]]:
    """Wake-ups that are sent while the test runs."""
    queue = app.ports.task_queue  # type: ignore[attr-defined]
    sent: list[UUID] = []

    class Recorder:
        def wake(self, job_id: UUID, time_limit: int) -> None:
            sent.append(job_id)

    object.__setattr__(app.ports, "task_queue", Recorder())  # type: ignore[attr-defined]
    yield sent
    object.__setattr__(app.ports, "task_queue", queue)  # type: ignore[attr-defined]


@pytest.fixture
def runner(app: Flask, wakes: list[UUID]) -> Runner:
    return Runner(app)  # type: ignore[arg-type]


@pytest.fixture
def ask(app: Flask, runner: Runner) -> Callable[..., UUID]:
    """Enqueue and commit."""

    def ask(kind: str, payload: dict[str, Any] | None = None, **options: Any) -> UUID:
        with app.app_context():
            work = runner.begin()
            job_id = enqueue(work, kind, payload, **options).id
            commit_work(work)
            db.session.remove()
        return job_id

    return ask


@pytest.fixture
def load(app: Flask) -> Callable[[UUID], Job]:
    def load(job_id: UUID) -> Job:
        with app.app_context():
            job = db.session.get_one(Job, job_id)
            db.session.expunge(job)
            db.session.remove()
        return job

    return load


@pytest.fixture
def change(app: Flask) -> Callable[..., None]:
    """Put a job's row into a state, as time or another worker would."""

    def change(job_id: UUID, **values: Any) -> None:
        with app.app_context():
            db.session.execute(update(Job).where(Job.id == job_id).values(**values))
            db.session.commit()
            db.session.remove()

    return change


def runs(app: Flask) -> int:
    with app.app_context():
        row = db.session.get(AppSetting, "test_runs")
        number = int(row.value) if row else 0
        db.session.remove()
    return number


def test_a_job_is_done_once_however_often_it_is_delivered(
    app: Flask, runner: Runner, ask: Callable[..., UUID], load: Callable[[UUID], Job]
) -> None:
    job_id = ask("test.write")
    assert [runner.run(job_id) for _ in range(10)] == [State.DONE, *[None] * 9]
    assert runs(app) == 1
    job = load(job_id)
    assert (job.state, job.attempts, job.result) == (State.DONE, 1, {"runs": 1})
    assert job.finished_at is not None and job.leased_until is None


def test_workers_that_are_woken_at_the_same_moment_do_a_job_once(
    app: Flask, runner: Runner, ask: Callable[..., UUID]
) -> None:
    job_id = ask("test.write")
    outcomes: list[State | None] = []
    threads = [Thread(target=lambda: outcomes.append(runner.run(job_id))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(outcomes, key=str) == sorted([State.DONE, *[None] * 7], key=str)
    assert runs(app) == 1


def test_a_key_asks_once(app: Flask, work: BeginWork, wakes: list[UUID], runner: Runner) -> None:
    first = enqueue(runner.begin(), "test.write", {"n": 1}, key="one")
    commit_work(w := runner.begin())
    second = enqueue(w, "test.write", {"n": 2}, key="one")
    assert second.id == first.id
    assert second.payload == {"n": 1}


def test_a_worker_is_woken_after_the_commit_and_only_then(
    runner: Runner, work: BeginWork, wakes: list[UUID]
) -> None:
    unit = runner.begin()
    job = enqueue(unit, "test.write")
    later = enqueue(unit, "test.write", run_at=unit.now + timedelta(hours=1))
    assert wakes == []
    commit_work(unit)
    assert wakes == [job.id]
    assert later.woken_at is None
    unit = runner.begin()
    enqueue(unit, "test.write")
    db.session.rollback()
    unit.take_hooks()
    assert wakes == [job.id]


def test_nobody_can_ask_for_work_that_nobody_does(work: BeginWork) -> None:
    with pytest.raises(LookupError):
        enqueue(work(), "test.nothing")


def test_a_failed_attempt_keeps_nothing_and_is_tried_again_later(
    app: Flask,
    runner: Runner,
    ask: Callable[..., UUID],
    load: Callable[[UUID], Job],
    change: Callable[..., None],
) -> None:
    job_id = ask("test.write", {"then": "fail"})
    assert runner.run(job_id) == State.QUEUED
    assert runs(app) == 0
    job = load(job_id)
    assert job.failures == 1
    assert job.run_at - job.finished_at == backoff(1)  # type: ignore[operator]
    assert "secret" not in (job.reason or "") and "RuntimeError" in (job.reason or "")
    change(job_id, run_at=utc_now() + timedelta(minutes=1))
    assert runner.run(job_id) is None, "not before its time"
    for expected in (State.QUEUED, State.FAILED):
        change(job_id, run_at=utc_now())
        assert runner.run(job_id) == expected
    assert runner.run(job_id) is None
    assert (load(job_id).failures, load(job_id).attempts) == (3, 3)


@pytest.mark.parametrize(
    ("then", "state", "reason"),
    [
        ("down", State.QUEUED, "The mail server does not answer."),
        ("refuse", State.FAILED, "This is gone."),
        ("give up", State.FAILED, "The address does not exist."),
    ],
)
def test_what_cannot_be_helped_is_not_tried_again(
    then: str,
    state: State,
    reason: str,
    runner: Runner,
    ask: Callable[..., UUID],
    load: Callable[[UUID], Job],
) -> None:
    job_id = ask("test.write", {"then": then})
    assert runner.run(job_id) == state
    assert load(job_id).reason == reason


def test_pauses_grow_up_to_an_hour() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 4)] == [5, 10, 20, 40]
    assert backoff(50) == timedelta(hours=1)


def test_a_long_job_goes_on_where_it_stopped(
    app: Flask,
    runner: Runner,
    ask: Callable[..., UUID],
    load: Callable[[UUID], Job],
    change: Callable[..., None],
) -> None:
    job_id = ask("test.steps", {"stop": True})
    assert runner.run(job_id) == State.QUEUED
    assert (load(job_id).done, load(job_id).total) == (2, 5)
    change(job_id, run_at=utc_now(), payload={})
    assert runner.run(job_id) == State.DONE
    assert load(job_id).done == 5
    with app.app_context():
        found = db.session.scalar(
            select(func.count()).select_from(AppSetting).where(AppSetting.key.like("test_step_%"))
        )
        db.session.remove()
    assert found == 5, "each step was kept once"


def test_a_discarded_job_ends_at_its_next_step(
    app: Flask, runner: Runner, ask: Callable[..., UUID], load: Callable[[UUID], Job]
) -> None:
    job_id = ask("test.steps", {"discard": True})
    assert runner.run(job_id) is None
    assert (load(job_id).state, load(job_id).done) == (State.DISCARDED, 4)
    with app.app_context():
        assert db.session.get(AppSetting, "test_step_4") is None
        db.session.remove()


# --- upkeep ---------------------------------------------------------------------------------


def test_runs_of_dead_processes_and_of_spent_leases_are_begun_again(
    runner: Runner,
    ask: Callable[..., UUID],
    load: Callable[[UUID], Job],
    change: Callable[..., None],
    wakes: list[UUID],
) -> None:
    dead, slow, alive, elsewhere = (ask("test.write") for _ in range(4))
    soon, past = utc_now() + timedelta(seconds=60), utc_now() - timedelta(seconds=1)
    nobody = 2**22 + 1  # above the largest process id of Linux
    change(dead, state=State.RUNNING, attempts=1, worker=f"{HOST}:{nobody}", leased_until=soon)
    change(slow, state=State.RUNNING, attempts=1, worker="elsewhere:1", leased_until=past)
    change(alive, state=State.RUNNING, attempts=1, worker=f"{HOST}:{os.getpid()}", leased_until=soon)
    change(elsewhere, state=State.RUNNING, attempts=1, worker=f"elsewhere:{nobody}", leased_until=soon)
    wakes.clear()
    runner.tick()
    states = [load(job_id).state for job_id in (dead, slow, alive, elsewhere)]
    assert states == [State.QUEUED, State.QUEUED, State.RUNNING, State.RUNNING]
    assert wakes == [], "after a pause"
    for job_id in (dead, slow):
        change(job_id, run_at=utc_now())
    assert runner.tick() == 2
    assert sorted(wakes) == sorted([dead, slow])
    assert runner.run(dead) == State.DONE


def test_a_run_that_was_taken_for_lost_can_write_nothing(
    app: Flask,
    runner: Runner,
    ask: Callable[..., UUID],
    load: Callable[[UUID], Job],
    change: Callable[..., None],
) -> None:
    job_id = ask("test.write")
    with app.app_context():
        work = runner.begin()
        claim = running.claim(work, job_id, "first:1")
        commit_work(work)
        assert claim is not None
        change(job_id, leased_until=utc_now() - timedelta(seconds=1))
        upkeep.sweep(runner.begin(), HOST, is_alive)
        commit_work(work)
        change(job_id, run_at=utc_now())
        assert runner.run(job_id) == State.DONE
        for late in (
            lambda: running.finish(runner.begin(), claim, {"runs": 99}),
            lambda: running.keep(runner.begin(), claim, 1, 1),
            lambda: running.fail_claim(runner.begin(), claim, "late"),
        ):
            with pytest.raises(running.Lost):
                late()
        db.session.rollback()
        db.session.remove()
    assert load(job_id).result == {"runs": 1}


def test_a_wake_up_that_was_lost_is_sent_again(
    runner: Runner, ask: Callable[..., UUID], change: Callable[..., None], wakes: list[UUID]
) -> None:
    job_id = ask("test.write")
    assert (runner.tick(), wakes) == (0, [job_id])
    change(job_id, woken_at=utc_now() - timedelta(seconds=61))
    assert (runner.tick(), wakes) == (1, [job_id, job_id])
    assert runner.tick() == 0
    assert runner.tick(first=True) >= 1, "a worker that starts looks at everything that is due"


def test_schedules_have_one_row_each_and_never_end(
    app: Flask, runner: Runner, work: BeginWork, load: Callable[[UUID], Job], change: Callable[..., None]
) -> None:
    for _ in range(2):
        runner.tick(first=True)
    (job,) = [job for job in list_schedules(work()) if job.kind == "test.hourly"]
    job_id = job.id
    db.session.remove()
    assert runner.run(job_id) == State.QUEUED
    job = load(job_id)
    assert job.run_at - job.finished_at == timedelta(hours=1)  # type: ignore[operator]
    with app.app_context():
        now = utc_now()
        db.session.add(AppSetting(key="test_hourly_fails", value="x", created_at=now, updated_at=now))
        db.session.commit()
        db.session.remove()
    for _ in range(5):
        change(job_id, run_at=utc_now())
        assert runner.run(job_id) == State.QUEUED
    job = load(job_id)
    assert job.reason and job.failures == 0
    assert job.run_at > utc_now() + timedelta(minutes=59), "after its attempts it waits for its next time"


def test_schedules_of_another_version_are_dropped(
    runner: Runner, work: BeginWork, ask: Callable[..., UUID]
) -> None:
    unit = work()
    unit.session.add(
        Job(
            kind="old.thing",
            key="old.thing",
            payload={},
            recurring=True,
            run_at=unit.now,
            created_at=unit.now,
        )
    )
    unit.session.commit()
    runner.tick(first=True)
    assert "old.thing" not in [job.kind for job in list_schedules(work())]


def test_a_job_of_another_version_fails_with_a_reason(
    runner: Runner, ask: Callable[..., UUID], load: Callable[[UUID], Job], change: Callable[..., None]
) -> None:
    job_id = ask("test.write")
    change(job_id, kind="old.thing")
    assert runner.run(job_id) is None
    assert (load(job_id).state, load(job_id).reason) == (
        State.FAILED,
        "Nothing here handles this kind of job.",
    )


def test_old_jobs_are_forgotten(
    runner: Runner, work: BeginWork, ask: Callable[..., UUID], change: Callable[..., None]
) -> None:
    done, failed, fresh, queued = (ask("test.write") for _ in range(4))
    long_ago = utc_now() - timedelta(days=8)
    change(done, state=State.DONE, finished_at=long_ago)
    change(failed, state=State.FAILED, finished_at=long_ago)
    change(fresh, state=State.DONE, finished_at=utc_now())
    change(queued, created_at=long_ago)
    unit = work()
    unit.session.add(Worker(name="old:1", seen_at=long_ago))
    unit.session.flush()
    assert upkeep.purge(unit) == 1
    assert {job.id for job in list_jobs(unit, PageRequest()).data} == {failed, fresh, queued}
    assert unit.session.get(Worker, "old:1") is None


# --- who may --------------------------------------------------------------------------------


def test_jobs_are_seen_by_who_asked_and_by_admins(work: BeginWork, member: Person, editor: Person) -> None:
    job = enqueue(work(member.actor), "test.write")
    assert get_job(work(member.actor), job.id) is job
    assert get_job(work(SYSTEM), job.id) is job
    with pytest.raises(NotFound):
        get_job(work(editor.actor), job.id)
    for actor in (member.actor, editor.actor):
        for look in (lambda w: list_jobs(w, PageRequest()), list_schedules):
            with pytest.raises(Denied):
                look(work(actor))
        for act in (retry_job, discard_job):
            with pytest.raises(Denied):
                act(work(actor), job.id)


def test_an_admin_tries_again_or_discards(
    runner: Runner, work: BeginWork, ask: Callable[..., UUID], load: Callable[[UUID], Job], wakes: list[UUID]
) -> None:
    job_id = ask("test.write", {"then": "give up"})
    with pytest.raises(Conflict):
        retry_job(work(), job_id)
    db.session.rollback()
    runner.run(job_id)
    wakes.clear()
    unit = runner.begin()
    retry_job(unit, job_id)
    commit_work(unit)
    assert wakes == [job_id]
    db.session.remove()
    assert load(job_id).state == State.QUEUED and load(job_id).reason is None
    discard_job(unit := runner.begin(), job_id)
    commit_work(unit)
    db.session.remove()
    assert runner.run(job_id) is None
    with pytest.raises(Conflict):
        discard_job(work(), job_id)
    with pytest.raises(NotFound):
        retry_job(work(), UUID(int=7))


def test_the_state_of_the_queue(runner: Runner, work: BeginWork, ask: Callable[..., UUID]) -> None:
    ask("test.write")
    done = ask("test.write")
    runner.run(done)
    state = queue_state(work().session, utc_now())
    assert (state.depth, state.counts[State.DONE], state.has_worker(utc_now())) == (1, 1, False)
    db.session.rollback()
    runner.tick()
    state = queue_state(work().session, utc_now())
    assert state.has_worker(utc_now())
    assert not state.has_worker(utc_now() + timedelta(minutes=3))
