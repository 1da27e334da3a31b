"""A Redis server for the time of a benchmark, in a temporary folder, keeping nothing."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from benchmarks.servers import free_port


class NoRedis(Exception):
    """There is no Redis to measure with; the message says why."""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a new server, without the number of a database."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedis("redis-server is not installed. On Debian or Ubuntu: sudo apt-get install redis-server")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait(port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            Redis(port=port).ping()
            return
        except RedisError as error:
            if time.monotonic() > deadline:
                raise NoRedis("redis-server does not answer.") from error
            time.sleep(0.05)
