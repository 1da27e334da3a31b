"""``python -m benchmarks.work``: jobs beside plain Celery, requests beside a busy worker, durable writes.

The peer of the jobs is Celery on Redis without a database; that of the writes is the database's own
driver committing one row at a time, with as many writers as Rangoli has web processes.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks import postgresql, redis, servers
from benchmarks.load import LoadError, Target, measure
from benchmarks.product import Administrator, rangoli, settings
from benchmarks.results import Goal, Result, table
from benchmarks.shops import PlainShop, RangoliShop, Shop
from benchmarks.writes import api_writes, driver_writes

PROCESSES = 2
BATCH = 300
SINGLES = 25
BUSY_SECONDS = 600


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.work", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows whose name contains TEXT")
    options = parser.parse_args()
    results = []
    try:
        for result in rows(options.rounds, options.only.casefold()):
            print(".", end="", file=sys.stderr, flush=True)
            results.append(result)
    except (LoadError, servers.ServerError, postgresql.NoPostgreSQL, redis.NoRedis) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        print(file=sys.stderr)
        print(table(results))
    return 0


def rows(rounds: int, only: str) -> Iterator[Result]:
    """Every wanted row; a group of rows that share servers is left out as a whole."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        broker = stack.enter_context(redis.server(folder))
        databases = stack.enter_context(postgresql.server())
        address = stack.enter_context(postgresql.database(databases))
        plain = PlainShop(folder / "plain", f"{broker}/0", PROCESSES)
        files = RangoliShop(folder / "files", f"sqlite:///{folder}/jobs.db", None, PROCESSES)
        large = RangoliShop(folder / "large", address, f"{broker}/1", PROCESSES)
        if only in "jobs":
            yield from jobs(plain, {"files and SQLite": files, "Redis and PostgreSQL": large}, rounds)
        if only in "requests beside a busy worker":
            yield busy_worker(folder / "busy", rounds)
        if only in "durable writes":
            yield durable_writes("SQLite", folder / "writes-sqlite", f"sqlite:///{folder}/writes.db", rounds)
            second = stack.enter_context(postgresql.database(databases))
            yield durable_writes("PostgreSQL", folder / "writes-postgresql", second, rounds)


def jobs(plain: Shop, shops: Mapping[str, Shop], rounds: int) -> Iterator[Result]:
    """How many jobs a second are done of a batch, and how long one alone takes, beside plain Celery."""
    for name, shop in shops.items():
        with plain.working(), shop.working():
            pairs = [alternate(number, shop.batch, plain.batch, BATCH) for number in range(rounds)]
            yield Result(
                f"jobs, {name}",
                median(mine for mine, _ in pairs),
                "/s",
                peer=median(peer for _, peer in pairs),
                to_peer=median(mine / peer for mine, peer in pairs),
            )
            mine, peer = (median(s.latency() for _ in range(SINGLES)) * 1000 for s in (shop, plain))
            yield Result(f"one job from its commit to its run, {name}", mine, "ms", peer=peer)


def alternate(
    number: int, first: Callable[[int], float], second: Callable[[int], float], argument: int
) -> tuple[float, float]:
    """Both values, measured in the other order in every second round."""
    if number % 2:
        late = second(argument)
        return first(argument), late
    return first(argument), second(argument)


def busy_worker(folder: Path, rounds: int) -> Result:
    """Requests per second of a list of 20 while the worker computes, to those while it is idle."""
    folder.mkdir()
    environ = settings(folder, f"sqlite:///{folder}/rangoli.db") | {"PUBLIC_ORIGIN": "http://127.0.0.1"}
    shop = RangoliShop(folder, environ["DATABASE_URL"], None, PROCESSES, environ)
    idle, busy = [], []
    with rangoli(folder, environ, worker=False) as origin:
        target = {"list": Target(f"{origin}/api/v1/data?limit=20")}
        fill(Administrator(origin))
        for _ in range(rounds):
            with shop.working():
                idle.append(measure(target, 1, 2).rate("list"))
                shop.ask("bench.busy", seconds=BUSY_SECONDS)
                shop.until_running(1)
                busy.append(measure(target, 1, 2).rate("list"))
            shop.forget()
    ratio = median(b / i for b, i in zip(busy, idle, strict=True))
    return Result(
        "list beside a busy worker (bare: an idle one)",
        median(busy),
        "/s",
        Goal(to_bare=0.9),
        bare=median(idle),
        to_bare=ratio,
    )


def fill(administrator: Administrator) -> None:
    """Some rows for a list."""
    for number in range(20):
        administrator.post("/api/v1/data", {"title": f"Row {number}", "content": {"n": number}}, status=201)


def durable_writes(name: str, folder: Path, database_url: str, rounds: int) -> Result:
    """Rows a second that are created by API, each committed to the disk, to those of the driver alone."""
    folder.mkdir()
    pairs = []
    with rangoli(folder, settings(folder, database_url), worker=False) as origin:
        administrator = Administrator(origin)
        for number in range(rounds):
            pairs.append(
                alternate(
                    number,
                    lambda seconds: api_writes(administrator, seconds),
                    lambda seconds: driver_writes(database_url, seconds),
                    3,
                )
            )
    return Result(
        f"durable writes, {name} (bare: the driver)",
        median(mine for mine, _ in pairs),
        "/s",
        bare=median(bare for _, bare in pairs),
        to_bare=median(mine / bare for mine, bare in pairs),
    )


if __name__ == "__main__":
    start = time.monotonic()
    code = main()
    print(f"{time.monotonic() - start:.0f} s", file=sys.stderr)
    sys.exit(code)
