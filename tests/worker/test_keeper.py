"""The keeper: a killed worker is started again, and none is left when the web process ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import wait_until

ROOT = Path(__file__).resolve().parents[2]
PARENT = """
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-m", "webapp.worker.keeper", str(os.getpid())])
time.sleep(60)
"""
"""Stands for the web process: starts a keeper and lives on."""
STAND_IN = """#!/bin/sh
echo $$ >> "$PIDS"
exec sleep 60
"""
"""Stands for the Python that runs ``flask worker``, whose own behaviour has tests of its own."""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks at processes in /proc")
def test_a_killed_worker_is_started_again_and_none_outlives_the_web_process(tmp_path: Path) -> None:
    stand_in, pids = tmp_path / "python", tmp_path / "pids"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    program = PARENT.replace(
        '"-m", "webapp.worker.keeper", str(os.getpid())',
        f'"-c", "import sys, webapp.worker.keeper as k; k.COMMAND = ({str(stand_in)!r},); '
        'k.keep(int(sys.argv[1]))", str(os.getpid())',
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env={**os.environ, "PIDS": str(pids)}
    )

    def workers() -> list[int]:
        return [int(line) for line in pids.read_text().split()] if pids.exists() else []

    wait_until(lambda: len(workers()) == 1, "started", seconds=20)
    os.kill(workers()[0], signal.SIGKILL)
    wait_until(lambda: len(workers()) == 2, "started again", seconds=20)
    parent.kill()
    parent.wait()
    wait_until(lambda: not is_alive(workers()[-1]), "ended with the web process", seconds=20)
    assert len(workers()) == 2
