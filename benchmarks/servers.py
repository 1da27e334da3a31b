"""Starts and stops the servers under test, each in a process group of its own, on a free local port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import ask

ROOT = Path(__file__).resolve().parent.parent
PEER = ROOT / "benchmarks" / "peer"
PEER_PYTHON = PEER / ".venv" / "bin" / "python"
WORKERS = 2
START_SECONDS = 90
STOP_SECONDS = 10


class ServerError(Exception):
    """A server or one of its preparations failed; the message ends with what it printed."""


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def bare(folder: Path, stylesheet_size: int) -> Iterator[str]:
    """The bare Flask routes on granian, with the options of ``flask serve``; yields the origin."""
    port = free_port()
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    options = ["--workers", str(WORKERS), "--blocking-threads", "2", "--backpressure", "256", "--no-ws"]
    environ = {"BARE_STYLESHEET_SIZE": str(stylesheet_size)}
    origin = f"http://127.0.0.1:{port}"
    command = [*granian, *options, "benchmarks.bare:app"]
    with serving(command, ROOT, environ, folder / "bare.log", f"{origin}/document"):
        yield origin


@contextmanager
def peer(folder: Path, database_url: str, rows: int | None = None) -> Iterator[str]:
    """The peer on uvicorn, its database filled with so many items (default 1,000); yields the origin."""
    port = free_port()
    environ = {"DATABASE_URL": database_url}
    run([str(PEER_PYTHON), "-m", "benchmarks.peer.fill", *([str(rows)] if rows else [])], ROOT, environ)
    uvicorn = [str(PEER_PYTHON), "-m", "uvicorn", "benchmarks.peer.main:app", "--port", str(port)]
    options = ["--workers", str(WORKERS), "--no-access-log", "--log-level", "warning"]
    origin = f"http://127.0.0.1:{port}"
    with serving([*uvicorn, *options], ROOT, environ, folder / "peer.log", f"{origin}/api/v1/css"):
        yield origin


def prepare_peer() -> None:
    """Make the peer's own virtual environment when it is missing or older than its requirements."""
    requirements = PEER / "requirements.txt"
    stamp = PEER / ".venv" / "installed"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return
    print("Installing the peer into benchmarks/peer/.venv …", file=sys.stderr)
    run([sys.executable, "-m", "venv", str(PEER / ".venv")], PEER, {})
    run([str(PEER_PYTHON), "-m", "pip", "install", "--quiet", "--requirement", str(requirements)], PEER, {})
    stamp.write_text(requirements.read_text())


def run(command: Sequence[str], folder: Path, environ: Mapping[str, str]) -> str:
    """Run a preparation to its end and return what it printed; :class:`ServerError` when it fails."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **environ}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ServerError(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


@contextmanager
def serving(
    command: Sequence[str], folder: Path, environ: Mapping[str, str], log: Path, url: str
) -> Iterator[None]:
    """Run a server from when ``url`` answers 200; :class:`ServerError` with its log when it never does."""
    with open(log, "w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
            process_group=0,  # in the same session, where niceness counts, as `flask serve` has it
        )
    try:
        _wait(process, url, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if ask(url).status == 200:
                return
        except ConnectionError:
            pass  # not listening yet
        time.sleep(0.05)
    reason = "ended" if process.poll() is not None else f"did not answer within {START_SECONDS} s"
    raise ServerError(f"The server for {url} {reason}:\n{log.read_text()[-4000:]}")
