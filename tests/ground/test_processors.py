"""Web processes keep to one processor each, and what they start may use all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_getaffinity") or len(os.sched_getaffinity(0)) < 2, reason="needs two processors"
)
KEEP = """
import os, subprocess, sys
from pathlib import Path
from webapp.kernel.processors import on_any, stay_on_one

def seen_by_a_child():
    told = subprocess.run([sys.executable, "-c", "import os; print(len(os.sched_getaffinity(0)))"], stdout=-1)
    return int(told.stdout)

number = stay_on_one(Path(sys.argv[1]))
inside = seen_by_a_child()
with on_any():
    outside = seen_by_a_child()
print(number, len(os.sched_getaffinity(0)), inside, outside, flush=True)
sys.stdin.read()
"""
ALL = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@contextmanager
def process(folder: Path) -> Iterator[list[str]]:
    """A process that keeps to one processor while the block runs; what it said."""
    arguments = [sys.executable, "-c", KEEP, str(folder)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        yield running.stdout.readline().split()
        running.communicate()


def test_each_has_one_of_its_own_until_it_ends(tmp_path: Path) -> None:
    with ExitStack() as stack:
        said = [stack.enter_context(process(tmp_path)) for _ in range(ALL + 1)]
    numbers = [number for number, *_ in said]
    assert numbers[-1] == "None"
    assert sorted(map(int, numbers[:-1])) == sorted(os.sched_getaffinity(0))
    assert said[0][1:] == ["1", "1", str(ALL)], "and what it starts may use all"
    assert said[-1][1:] == [str(ALL)] * 3, "where none is left, nothing is kept to one"
    with process(tmp_path) as again:
        assert again[0] == numbers[0]


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    with process(tmp_path / "missing") as said:
        assert said == ["None", *[str(ALL)] * 3]
