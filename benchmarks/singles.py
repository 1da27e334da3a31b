"""The rows beside the rates: time of a compilation, a preview and a sign-in, size, stale sheets."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from statistics import median
from typing import Any

import brotli  # type: ignore[import-untyped]

from benchmarks.load import Target, check
from benchmarks.product import Administrator
from benchmarks.results import Goal, Result
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.stylesheet import compile_stylesheet

COMPILATIONS = 30
PREVIEWS = 30
SIGN_INS = 10
ACTIVATIONS = 40
READS_AFTER_ACTIVATION = 10

COMPILE = "compile of a full theme"
SIZE = "full sheet in brotli"
PREVIEW = "preview round trip"
SIGN_IN = "sign-in"
STALE = "stale sheets after activation elsewhere"


def documents(count: int) -> Iterator[dict[str, Any]]:
    """Complete themes of colours never seen before, so that no cache flatters; the same in every run."""
    colours = random.Random(0)
    for _ in range(count):
        document = deepcopy(dict(DEFAULT_DOCUMENT))
        for section in ("colors", "dark_mode"):
            document[section] = {name: f"#{colours.randrange(1 << 24):06x}" for name in document[section]}
        yield document


def in_process() -> Iterator[Result]:
    """Processor time of a compilation, which other work on the machine hardly changes, and a sheet's size."""
    compile_stylesheet(DEFAULT_DOCUMENT)
    times = [
        _milliseconds(partial(compile_stylesheet, document), clock=time.process_time)
        for document in documents(COMPILATIONS)
    ]
    yield Result(COMPILE, median(times), "ms", Goal(at_most=25))
    css = compile_stylesheet(DEFAULT_DOCUMENT).css.encode()
    yield Result(SIZE, len(brotli.compress(css, quality=11)), "bytes", Goal(at_most=2048))


def one_client(origin: str, database: str) -> Iterator[Result]:
    """Round trips of one client, one after the other, to a Rangoli that has nothing else to do."""
    administrator = Administrator(origin)
    times = [_milliseconds(partial(administrator.preview, document)) for document in documents(PREVIEWS)]
    yield Result(row_name(PREVIEW, database), median(times), "ms", Goal(at_most=50))
    times = [_milliseconds(administrator.sign_in) for _ in range(SIGN_INS)]
    yield Result(row_name(SIGN_IN, database), median(times), "ms")


def stale_sheets(reader: str, writer: str, database: str) -> Result:
    """Answers of the server at ``reader`` that still carry the old theme after ``writer`` activated another.

    Two servers, each with its own processes, share one database. Every read begins after the answer to the
    activation has arrived, so even one old sheet is a fault.
    """
    administrator = Administrator(writer)
    themes = []
    for number, document in enumerate(documents(2)):
        theme_id = administrator.create_theme(f"Stale {number}", document)
        themes.append((theme_id, document["colors"]["primary"]))
    stale = 0
    for number in range(ACTIVATIONS):
        theme_id, primary = themes[number % 2]
        administrator.activate(theme_id)
        fresh = re.compile(rf"--color-primary:\s*{primary}".encode())
        for _ in range(READS_AFTER_ACTIVATION):
            stale += fresh.search(check(Target(f"{reader}/themes/active.css")).body) is None
    reads = ACTIVATIONS * READS_AFTER_ACTIVATION
    return Result(row_name(STALE, database), stale, f"of {reads}", Goal(at_most=0))


def row_name(name: str, database: str) -> str:
    return f"{name}, {database}"


def client_row_names(database: str) -> list[str]:
    """The rows of :func:`one_client`."""
    return [row_name(PREVIEW, database), row_name(SIGN_IN, database)]


def _milliseconds(action: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    action()
    return (clock() - start) * 1000
