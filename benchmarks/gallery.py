"""The list of designs with three filters and its facets, beside the same asked in SQL by hand.

Each is asked in turn in the same process, on the same rows; milliseconds are medians.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from flask import Flask
from sqlalchemy import text

from benchmarks import postgresql, servers
from benchmarks.product import settings
from benchmarks.results import Result
from config import Settings
from webapp.app import create_app
from webapp.domain.gallery.filters import DesignFilters
from webapp.domain.gallery.models import FACETS
from webapp.domain.gallery.queries import count_facets, count_featured, count_statuses, list_designs
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.db import reading
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Work

WORDS = {"category": "category 3", "fabric": "fabric 5", "season": "season 1"}
FILTERS = DesignFilters(words=WORDS)
LIVE = "live_from <= :now AND (live_until IS NULL OR live_until > :now)"
OWN = "category = :category AND fabric = :fabric AND season = :season"
PAGE = f"""SELECT d.design_id, d.view_count, d.like_count, r.document, m.object_key, m.placeholder, m.colors
FROM design_editions d JOIN content_editions e ON e.id = d.edition_id
JOIN content_revisions r ON r.entry_id = e.entry_id AND r.number = e.number
LEFT JOIN media m ON m.id = d.media_id
WHERE d.{LIVE.replace("live_until", "d.live_until")} AND {OWN.replace("category =", "d.category =")}
ORDER BY d.design_id DESC LIMIT 20"""
COUNT = f"SELECT count(*) FROM design_editions WHERE {LIVE} AND {OWN}"

FEATURED = COUNT.replace("count(*)", "count(*), count(CASE WHEN rank > 0 THEN 1 END)")


def facet(name: str) -> str:
    others = " AND ".join(f"{other} = :{other}" for other in WORDS if other != name)
    return (
        f"SELECT {name}, count(*) FROM design_editions WHERE {LIVE} AND {others} AND {name} IS NOT NULL "
        f"GROUP BY {name} ORDER BY 2 DESC LIMIT 50"
    )


def rows(sizes: list[int], kinds: str, server_url: str | None) -> Iterator[Result]:
    """A list and a list with facets for each database and size."""
    with ExitStack() as stack:
        server = stack.enter_context(postgresql.server(server_url)) if "postgresql" in kinds else None
        for size in sizes:
            if "sqlite" in kinds:
                with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                    yield from _measured(Path(folder), f"sqlite:///{folder}/rangoli.db", size, "SQLite")
            if server is not None:
                with (
                    tempfile.TemporaryDirectory(prefix="bench-") as folder,
                    postgresql.database(server) as url,
                ):
                    yield from _measured(Path(folder), url, size, "PostgreSQL")


def _measured(folder: Path, url: str, size: int, database: str) -> Iterator[Result]:
    environ = settings(folder, url) | {"PUBLIC_ORIGIN": "http://127.0.0.1"}
    servers.run([sys.executable, "-m", "benchmarks.gallery_rows", str(size)], folder, environ)
    with _installation(environ) as app, app.app_context(), reading():
        for name, ours, by_hand in (
            ("designs by three filters", _list, [COUNT, PAGE]),
            ("the same with facets", _faceted, [COUNT, PAGE, *map(facet, FACETS), FEATURED, COUNT]),
        ):
            asked = _milliseconds(lambda work, ours=ours: ours(work))
            written = _milliseconds(lambda work, by_hand=by_hand: _by_hand(work, by_hand))
            yield Result(
                f"{name}, {size:,} on {database}", asked, "ms", bare=written, to_bare=written / asked
            )


@contextmanager
def _installation(environ: dict[str, str]) -> Iterator[Flask]:
    kept = dict(os.environ)
    os.environ.update(environ)
    try:
        app = create_app(replace(Settings.from_env(), demo=False))
        yield app
        with app.app_context():
            db.engine.dispose()
    finally:
        os.environ.clear()
        os.environ.update(kept)


def _list(work: Work) -> Any:
    return list_designs(work, PageRequest(20), FILTERS)


def _faceted(work: Work) -> Any:
    counts = (count_facets, count_featured, count_statuses)
    return list_designs(work, PageRequest(20), FILTERS), [count(work, FILTERS) for count in counts]


def _by_hand(work: Work, statements: list[str]) -> Any:
    values = {"now": work.now.replace(tzinfo=None), **WORDS}
    if work.session.get_bind().dialect.name == "postgresql":
        values["now"] = work.now
    return [work.session.execute(text(statement), values).all() for statement in statements]


def _milliseconds(ask: Callable[[Work], Any], rounds: int = 15) -> float:
    times = []
    for _ in range(rounds):
        start = perf_counter()
        ask(Work(db.session(), SYSTEM, utc_now()))
        times.append(perf_counter() - start)
        db.session.rollback()
    return median(times) * 1000
