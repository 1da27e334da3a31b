"""Durable writes: rows created by API, and single-row commits of the database's own driver."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping

import psycopg

from benchmarks.load import Target, parse_wrk, report_of_wrk
from benchmarks.product import Administrator

WRITERS = 4
"""Connections of the driver's that write at the same time: as many as the servers have threads."""
ROW = json.dumps({"title": "A row", "description": "Written to be counted.", "content": {"n": 1}})


def api_writes(administrator: Administrator, seconds: int) -> float:
    """Data items created per second over HTTP; every one is committed before it is answered."""
    rate, _ = posts(f"{administrator.origin}/api/v1/data", administrator.headers, seconds)
    return rate


def posts(url: str, headers: Mapping[str, str], seconds: int, *, strict: bool = True) -> tuple[float, int]:
    """Data items created per second over HTTP, and how many were refused; a LoadError where ``strict``."""
    report = report_of_wrk(Target(url, headers, body=ROW), seconds)
    asked = re.search(r"(\d+) requests in", report)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", report)
    if refused is None or strict:
        return parse_wrk(report), 0
    rate = parse_wrk(report.replace(refused[0], ""))
    return rate * (1 - int(refused[1]) / int(asked[1] if asked else refused[1])), int(refused[1])


def driver_writes(database_url: str, seconds: float) -> float:
    """Rows per second of the same text, each a transaction that is on the disk when its commit returns."""
    return _rate(
        _sqlite(database_url) if database_url.startswith("sqlite") else _postgresql(database_url), seconds
    )


def _sqlite(database_url: str) -> Callable[[float], int]:
    path = database_url.removeprefix("sqlite:///") + ".limit"
    with sqlite3.connect(path) as made:
        made.execute("PRAGMA journal_mode=WAL")
        made.execute("CREATE TABLE IF NOT EXISTS limit_rows (id INTEGER PRIMARY KEY, body TEXT)")

    def write(until: float) -> int:
        connection = sqlite3.connect(path, isolation_level=None, timeout=15)
        connection.execute("PRAGMA synchronous=FULL")
        count = 0
        while time.monotonic() < until:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO limit_rows (body) VALUES (?)", (ROW,))
            connection.execute("COMMIT")
            count += 1
        connection.close()
        return count

    return write


def _postgresql(database_url: str) -> Callable[[float], int]:
    url = database_url.replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url) as made:
        made.execute("CREATE TABLE IF NOT EXISTS limit_rows (id SERIAL PRIMARY KEY, body TEXT)")

    def write(until: float) -> int:
        count = 0
        with psycopg.connect(url, autocommit=True) as connection:
            while time.monotonic() < until:
                connection.execute("INSERT INTO limit_rows (body) VALUES (%s)", (ROW,))
                count += 1
        return count

    return write


def _rate(write: Callable[[float], int], seconds: float) -> float:
    """Rows per second of all writers together; what fails in one of them is raised here."""
    counts: list[int] = []
    errors: list[Exception] = []
    until = time.monotonic() + seconds

    def run() -> None:
        try:
            counts.append(write(until))
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return sum(counts) / seconds
