"""Keeps a worker running beside the web process: ``python -m webapp.worker.keeper PID``.

It ends with that process, and starts a worker again that was killed. A process of its own, so small that
it costs next to nothing, since the web server takes the place of the command that starts both.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

RESTART_MIN, RESTART_MAX = 1.0, 30.0
"""Seconds before a worker that ended by itself is started again; twice as long each time."""
LOOK_EVERY = 0.5
NICENESS = 10
"""How much the worker gives way to the web processes, where both share a machine."""
COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "worker")


def keep(parent: int) -> None:
    """Keep a worker running as long as ``parent``, the process that started this one, does."""
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the web process too, which ends
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    pause = RESTART_MIN
    while os.getppid() == parent:
        started = time.monotonic()
        run_worker(parent)
        pause = RESTART_MIN if time.monotonic() - started > RESTART_MAX else min(pause * 2, RESTART_MAX)
        if os.getppid() == parent:
            time.sleep(pause)


def run_worker(parent: int) -> None:
    """One worker, until it or ``parent`` ends. It finishes the jobs at hand.

    It has a process group of its own, but the same session: schedulers weigh niceness within a session.
    """
    worker = subprocess.Popen(COMMAND, process_group=0)  # noqa: S603
    try:
        while worker.poll() is None and os.getppid() == parent:
            time.sleep(LOOK_EVERY)
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    keep(int(sys.argv[1]))
