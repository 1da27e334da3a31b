"""An installation as it runs in production, whose processes can be killed one kind at a time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.installations import Folder
from tests.services import PostgresqlServer, free_port

ROOT = Path(__file__).resolve().parents[2]
ADMIN = ("admin@example.org", "correct horse battery")
KEEPER = "webapp.worker.keeper"
PATIENCE = 120.0


class DurablePostgresql(PostgresqlServer):
    """PostgreSQL with its own settings, so that what it has acknowledged is on the disk."""

    SETTINGS = ("max_connections=60",)

    def kill(self) -> None:
        """SIGKILL for the server and all its processes; nothing is written down, nobody is told."""
        kill_all({self.process.pid, *descendants(self.process.pid)})
        self.process.wait()


class Machine:
    """Web processes, a worker and, with PostgreSQL, a database server. ``url`` is the web's address."""

    def __init__(self, kind: str, web_processes: int = 2) -> None:
        self.folder, self.web_processes = Folder(), web_processes
        self.database = DurablePostgresql() if kind == "postgresql" else None
        self.parts = ("web", "worker", "everything") + (("database",) if self.database else ())
        path = self.folder.data / "rangoli.db"
        self.database_url = self.database.url if self.database else f"sqlite:///{path}"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        """Start what ``make run`` starts, and wait until it answers."""
        environ = {
            **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")},
            "DATA_DIR": str(self.folder.data),
            "DATABASE_URL": self.database_url,
            "PORT": str(self.port),
            "FIRST_SUPERUSER": ADMIN[0],
            "FIRST_SUPERUSER_PASSWORD": ADMIN[1],
            "RATE_LIMITS": "off",
            "DEMO": "off",
        }
        with (self.folder.root / "log").open("a") as log:
            command = [sys.executable, "-m", "flask", "serve", "--workers", str(self.web_processes)]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=log, stderr=log)
        self.wait()

    def wait(self) -> None:
        """Until ``/health`` says that everything needed is up."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"{self.url}/health", timeout=5).close()
                return
            except (OSError, urllib.error.HTTPError):
                if time.monotonic() > deadline:
                    raise TimeoutError((self.folder.root / "log").read_text()[-4000:]) from None
                time.sleep(0.2)

    def kill(self, part: str) -> None:
        """SIGKILL for every process of ``part``; the same again is started."""
        assert self.process is not None
        if part == "database":
            assert self.database is not None
            self.database.kill()
            self.database.start()
        elif part == "worker":
            kill_all(descendants(self.keeper()))
        else:
            keeper = self.keeper()
            beside = {keeper, *descendants(keeper)}
            everybody = {self.process.pid, *descendants(self.process.pid)}
            kill_all(everybody if part == "everything" else everybody - beside)
            self.process.wait()
            wait_for_end(beside)
            self.start()
        self.wait()

    def keeper(self) -> int:
        """The process that keeps the worker running."""
        assert self.process is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            for pid in descendants(self.process.pid):
                with contextlib.suppress(OSError):
                    if KEEPER in Path(f"/proc/{pid}/cmdline").read_text():
                        return pid
            time.sleep(0.1)
        raise TimeoutError("there is no worker")

    def stop(self) -> None:
        if self.process is not None:
            kill_all({self.process.pid, *descendants(self.process.pid)})
            self.process.wait()
        if self.database is not None:
            self.database.stop()
        self.folder.remove()


def descendants(pid: int) -> Iterator[int]:
    """The processes below ``pid``, from ``/proc`` (proc(5): the parent is the fourth field of ``stat``)."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parent = int(stat.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    waiting = list(children.get(pid, ()))
    while waiting:
        found = waiting.pop()
        yield found
        waiting += children.get(found, ())


def kill_all(pids: set[int] | Iterator[int]) -> None:
    for pid in list(pids):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def wait_for_end(pids: set[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        if time.monotonic() > deadline:
            raise TimeoutError("the worker did not end with the web process")
        time.sleep(0.1)
