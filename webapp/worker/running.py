"""One wake-up: take the job, run its handler, write down how it ended."""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass
from uuid import UUID

import structlog
from billiard.exceptions import SoftTimeLimitExceeded

from webapp.domain.jobs import running, upkeep
from webapp.domain.jobs.models import State
from webapp.domain.jobs.registry import GiveUp, JobRun
from webapp.domain.jobs.running import Claim, Lost
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import DomainError, TooMany, Unavailable
from webapp.kernel.work import SYSTEM, Work
from webapp.metrics import count_job
from webapp.web import Rangoli, commit_work

log = structlog.get_logger("rangoli.job")

AFTER_FAILURE = {State.QUEUED: "retried", State.FAILED: "failed", None: "lost"}
"""What the metrics call the end of an attempt by the state that its job is left in."""
HOST = socket.gethostname()[:80]


def worker_name() -> str:
    """This process, as the jobs table knows it."""
    return f"{HOST}:{os.getpid()}"


@dataclass(slots=True)
class Runner:
    """Does jobs in units of work of its own."""

    app: Rangoli

    def begin(self, request_id: str | None = None) -> Work:
        """Fresh work for the system."""
        ports = self.app.ports
        wake, drop = ports.task_queue.wake, ports.cache.drop
        return Work(db.session(), SYSTEM, utc_now(), request_id=request_id, wake=wake, drop=drop)

    def run(self, job_id: UUID) -> State | None:
        """Do the job, if it is there to be done; answers its state then, or None."""
        structlog.contextvars.clear_contextvars()
        with self.app.app_context():
            try:
                work = self.begin()
                claim = running.claim(work, job_id, worker_name())
                commit_work(work)
                return None if claim is None else self.attempt(claim)
            finally:
                db.session.rollback()
                db.session.remove()
                structlog.contextvars.clear_contextvars()

    def attempt(self, claim: Claim) -> State | None:
        """Run the handler of a job that is ours; None when the job was lost on the way."""
        structlog.contextvars.bind_contextvars(
            request_id=claim.request_id, job=str(claim.job_id), kind=claim.kind.name, attempt=claim.attempt
        )
        start = time.perf_counter()
        try:
            state: State | None = self.handle(claim)
            outcome = "done"
        except Lost:
            db.session.rollback()
            state, outcome = None, "lost"
        except Exception as error:
            db.session.rollback()
            state = self.give_back(claim, error)
            outcome = AFTER_FAILURE[state]
        count_job(claim.kind.name, outcome, start)
        ms = round((time.perf_counter() - start) * 1000, 1)
        log.info("job", state=state or "lost", ms=ms)
        return state

    def handle(self, claim: Claim) -> State:
        """Run the handler; its work and the job's end are one transaction."""

        def keep(done: int | None, total: int | None) -> Work:
            running.keep(run.work, claim, done, total)
            commit_work(run.work)
            return self.begin(claim.request_id)

        run = JobRun(self.begin(claim.request_id), claim.payload, self.app.ports, claim.done, _keep=keep)
        claim.kind.run(run)
        run.work.now = utc_now()
        running.finish(run.work, claim, run.result)
        commit_work(run.work)
        return State.QUEUED if claim.kind.every else State.DONE

    def give_back(self, claim: Claim, error: Exception) -> State | None:
        """Write down why the attempt failed; it is tried again where that may help."""
        reason, for_good = why(error, claim.kind.time_limit)
        if isinstance(error, DomainError | GiveUp):
            log.warning("job_failed", reason=reason)
        else:
            log.error("job_failed", reason=reason, exc_info=error)
        work = self.begin(claim.request_id)
        try:
            state = running.fail_claim(work, claim, reason, for_good=for_good)
        except Lost:
            db.session.rollback()
            return None
        commit_work(work)
        return state

    def tick(self, *, first: bool = False) -> int:
        """Look through the table; the first time also for schedules. Answers how many wake-ups were sent."""
        with self.app.app_context():
            try:
                work = self.begin()
                upkeep.note_worker(work, worker_name())
                if first:
                    upkeep.ensure_schedules(work)
                number = upkeep.sweep(work, HOST, is_alive, all_due=first)
                commit_work(work)
                return number
            finally:
                db.session.rollback()
                db.session.remove()


def why(error: Exception, time_limit: int) -> tuple[str, bool]:
    """The reason in words for an admin, and whether trying again cannot help."""
    match error:
        case SoftTimeLimitExceeded():
            return f"It took longer than {time_limit} seconds.", False
        case GiveUp():
            return str(error), True
        case Unavailable() | TooMany():
            return error.detail, False
        case DomainError():
            return error.detail, True
    return f"An unforeseen error ({type(error).__name__}); the log of the worker has the details.", False


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
