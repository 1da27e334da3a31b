"""Jobs, and the workers that were seen doing them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from webapp.kernel.db import Base, BoundedText, JsonDocument, UtcDateTime, new_uuid

KIND_MAX = 60
KEY_MAX = 200
REASON_MAX = 500
WORKER_MAX = 120
REQUEST_ID_MAX = 64


class State(StrEnum):
    """``queued → running → done``; ``failed`` when all attempts are used up, ``discarded`` by an admin."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    DISCARDED = "discarded"


class Job(Base):
    """One piece of work. The row is the truth; messages to workers are only wake-ups.

    ``attempts`` numbers the runs and is the fence between them: only the run that has the present
    number may write down an end or progress.
    """

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_run_at", "state", "run_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_uuid)
    kind: Mapped[str] = mapped_column(BoundedText(KIND_MAX))
    key: Mapped[str | None] = mapped_column(BoundedText(KEY_MAX), unique=True)
    """Asking twice under one key is asking once."""
    payload: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    recurring: Mapped[bool] = mapped_column(Boolean, default=False)
    """A schedule: queued again for its next time when it is done."""
    state: Mapped[str] = mapped_column(BoundedText(10), default=State.QUEUED)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    """Attempts in a row that failed; what the limit of attempts counts."""
    reason: Mapped[str | None] = mapped_column(BoundedText(REASON_MAX))
    """Why the last attempt failed, in words for an admin."""
    done: Mapped[int] = mapped_column(Integer, default=0)
    total: Mapped[int] = mapped_column(Integer, default=0)
    """Progress in steps; 0 of 0 for a job that does not count."""
    result: Mapped[dict[str, Any] | None] = mapped_column(JsonDocument)
    run_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """Not to be started before."""
    woken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When a worker was last told of it."""
    worker: Mapped[str | None] = mapped_column(BoundedText(WORKER_MAX))
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """The running worker has it until then; later it is taken for lost."""
    request_id: Mapped[str | None] = mapped_column(BoundedText(REQUEST_ID_MAX))
    asked_by: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def tag(self) -> str:
        """Differs whenever the job's state or progress does."""
        return f"{self.state}-{self.attempts}-{self.failures}-{self.done}-{self.total}"

    @property
    def is_over(self) -> bool:
        """Whether it is done, or will not be."""
        return self.state in (State.DONE, State.FAILED, State.DISCARDED)


class Worker(Base):
    """A worker process, by ``host:pid``, and when it was last seen."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(BoundedText(WORKER_MAX), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
