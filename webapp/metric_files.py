"""Where the counts of all processes lie: one set of files for each process, in a folder they share.

prometheus_client keeps the counts of a process in memory-mapped files and adds up the files of all when
it is asked. A process here is known by a random name and holds a lock on ``<name>.alive`` as long as it
lives, which unlike a process id is never given to another one, in another container either.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, values
from prometheus_client.mmap_dict import MmapedDict, mmap_key
from prometheus_client.multiprocess import MultiProcessCollector

log = structlog.get_logger(__name__)

PAST = "past"
"""The name under which the counts of processes that have ended are kept together."""
SUMMED = ("counter", "histogram")
KINDS = (*SUMMED, "gauge_livesum")
"""The files of one process: ``<kind>_<name>.db``."""
ROOM = 256 * 1024
"""Bytes of each, more than our metrics need."""


class MetricFiles:
    """The folder, seen from this process. Counts of processes that ended stay in the sums, which would
    otherwise fall; when no process is left, the next one begins with an empty folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name: str | None = None
        self.alive: int | None = None
        os.register_at_fork(after_in_child=self.forget)
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)  # the library takes it from nowhere else
        values.ValueClass = values.MultiProcessValue(self.identify)

    def identify(self) -> str:
        """This process's name. The first call makes it known to the others."""
        if self.name is None:
            self.name = uuid.uuid4().hex
            with self.locked():
                self.sweep()
                self.alive = os.open(self.folder / f"{self.name}.alive", os.O_CREAT | os.O_RDWR, 0o600)
                fcntl.flock(self.alive, fcntl.LOCK_EX)
                self.take_room(self.name)
        return self.name

    def take_room(self, name: str) -> None:
        """Make the files with room that is theirs: a write to a mapped page without a place on the disk kills
        the process (SIGBUS). On a full disk this process counts in memory, where nobody else sees it."""
        try:
            for kind in KINDS:
                with open(self.folder / f"{kind}_{name}.db", "ab") as file:
                    os.posix_fallocate(file.fileno(), 0, ROOM)
        except OSError as error:
            log.warning("metrics_not_shared", reason=error.strerror)
            memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="rangoli-metrics-", dir=memory)

    def forget(self) -> None:
        """A forked child is a process of its own."""
        if self.alive is not None:
            os.close(self.alive)
        self.name = self.alive = None

    def registry(self) -> CollectorRegistry:
        """The sums over all processes, gauges over those that live. Read it inside :meth:`reading`."""
        registry = CollectorRegistry()
        MultiProcessCollector(registry, path=str(self.folder))
        return registry

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While files are read no other process tidies them up."""
        self.identify()
        with self.locked():
            self.sweep()
            yield

    @contextmanager
    def locked(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.folder / "lock", os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def sweep(self) -> None:
        """Fold the files of processes that have ended into one set; drop everything if none is alive."""
        names = {path.stem for path in self.folder.glob("*.alive")}
        dead = {name for name in names if name != self.name and not self.is_alive(name)}
        if names == dead:
            for path in self.folder.glob("*.db"):
                path.unlink()
        elif dead:
            for kind in SUMMED:
                self.fold(kind, dead)
        for name in dead:
            for path in (*self.folder.glob(f"*_{name}.db"), self.folder / f"{name}.alive"):
                path.unlink()

    def is_alive(self, name: str) -> bool:
        with suppress(FileNotFoundError), open(self.folder / f"{name}.alive") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def fold(self, kind: str, dead: set[str]) -> None:
        """Add the counts of ended processes to those kept already, in a new file that replaces the old."""
        past, fresh = self.folder / f"{kind}_{PAST}.db", self.folder / f"{kind}_{PAST}.new"
        files = [path for name in dead if (path := self.folder / f"{kind}_{name}.db").exists()]
        if not files:
            return
        fresh.unlink(missing_ok=True)
        sums = MmapedDict(str(fresh))
        merged = MultiProcessCollector.merge(
            [str(path) for path in (*files, past) if path.exists()], accumulate=False
        )
        for metric in merged:
            for sample in metric.samples:
                names, words = list(sample.labels), list(sample.labels.values())
                key = mmap_key(metric.name, sample.name, names, words, metric.documentation)
                sums.write_value(key, sample.value, 0.0)
        sums.close()
        os.replace(fresh, past)
