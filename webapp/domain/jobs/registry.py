"""The kinds of job: each feature names its own with :func:`handles`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from webapp.kernel.work import Work
from webapp.ports import Ports

TIME_LIMIT = 60
ATTEMPTS = 5


class GiveUp(Exception):
    """Raised by a handler when trying again cannot help; its text is the reason an admin reads."""


@dataclass(slots=True)
class JobRun:
    """One attempt at a job, as its handler sees it.

    What is done with ``work`` is committed together with the job's end, so that it happens once even if
    the worker is killed. A long job cuts itself into pieces with :meth:`step`.
    """

    work: Work
    payload: dict[str, Any]
    ports: Ports
    done: int
    """Steps that earlier attempts have done: where to go on."""
    result: dict[str, Any] | None = None
    """What whoever asked may read when the job is done; JSON."""
    _keep: Callable[[int | None, int | None], Work] | None = None

    def step(self, done: int | None = None, total: int | None = None) -> None:
        """Commit what was done so far, with the progress, and go on in fresh work.

        Without numbers it only lets go of the database, before something slow. Ends the attempt with
        :class:`webapp.domain.jobs.running.Lost` when the job was discarded or taken by another worker.
        """
        assert self._keep is not None
        self.work = self._keep(done, total)
        self.done = self.done if done is None else done


Handler = Callable[[JobRun], None]


@dataclass(frozen=True, slots=True)
class JobKind:
    """``time_limit`` is in seconds for one attempt; ``every`` makes it a schedule."""

    name: str
    label: str
    """What it does, in words for an admin: the first line of its handler's docstring."""
    run: Handler
    time_limit: int
    attempts: int
    every: timedelta | None


_kinds: dict[str, JobKind] = {}


def handles(
    name: str, *, time_limit: int = TIME_LIMIT, attempts: int = ATTEMPTS, every: timedelta | None = None
) -> Callable[[Handler], Handler]:
    """Make the function the handler of jobs called ``name``; with ``every`` it runs by itself.

    The first line of its docstring is what admins read.
    """

    def register(handler: Handler) -> Handler:
        if name in _kinds:
            raise ValueError(f"two handlers for {name}")
        label = (handler.__doc__ or name).strip().splitlines()[0].rstrip(".")
        _kinds[name] = JobKind(name, label, handler, time_limit, attempts, every)
        return handler

    return register


def find_kind(name: str) -> JobKind | None:
    """The kind called ``name``, or None (a job of an older version may name one that is gone)."""
    return _kinds.get(name)


def get_kind(name: str) -> JobKind:
    """The kind called ``name``. Raises LookupError."""
    return _kinds[name]


def label_of(name: str) -> str:
    """What jobs called ``name`` do, in words; the name itself for one that is gone."""
    kind = find_kind(name)
    return kind.label if kind else name


def schedules() -> list[JobKind]:
    """The kinds that run by themselves."""
    return [kind for kind in _kinds.values() if kind.every is not None]
