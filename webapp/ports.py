"""What Rangoli needs of things outside, one small Protocol each; ``webapp/adapters`` implements them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


class ChangeCounter(Protocol):
    """Tells, cheaply and for each request, whether stylesheets have changed in any process."""

    def __call__(self) -> int:
        """A number that differs from the one before when a stylesheet URL may answer differently.

        Raises Unavailable when the database cannot be asked.
        """
        ...


class TaskQueue(Protocol):
    """Wakes a worker for a job. Only a wake-up: the jobs table is the truth, and is looked through anyway."""

    def wake(self, job_id: UUID, time_limit: int) -> None:
        """Tell a worker of a job that may run for ``time_limit`` seconds. Never raises, never waits long."""
        ...


@dataclass(frozen=True, slots=True)
class Ports:
    """The things outside, as this installation has them."""

    task_queue: TaskQueue
