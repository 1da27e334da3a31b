"""``python -m benchmarks.run``: start the peer, the bare routes and Rangoli, measure, print one table."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from benchmarks import postgresql, rates, servers, singles
from benchmarks.load import LoadError, Target, check
from benchmarks.product import rangoli, settings
from benchmarks.results import Result, table

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"


def main() -> int:
    options = read_options()
    results: list[Result] = []
    try:
        for result in rows(options):
            print(".", end="", file=sys.stderr, flush=True)
            results.append(result)
    except (LoadError, servers.ServerError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        print(file=sys.stderr)
        print(table(results))
    return 0


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="rounds for each rate (default 5)")
    parser.add_argument("--seconds", type=int, default=2, help="seconds for each measurement (default 2)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows whose name contains TEXT")
    parser.add_argument(
        "--postgresql",
        metavar="URL",
        help="a server where databases may be made; without it, one is started in a temporary folder",
    )
    return parser.parse_args()


def rows(options: argparse.Namespace) -> Iterator[Result]:
    """Every wanted row, in the order of the table."""
    yield from (result for result in singles.in_process() if wants(options, result.name))
    if wants(options, *row_names(SQLITE)):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            urls = (f"sqlite:///{folder}/rangoli.db", f"sqlite:///{folder}/peer.db")
            yield from on_database(SQLITE, urls, options)
    if wants(options, *row_names(POSTGRESQL)):
        try:
            with postgresql.server(options.postgresql) as server, ExitStack() as stack:
                first, second = (stack.enter_context(postgresql.database(server)) for _ in range(2))
                yield from on_database(POSTGRESQL, (first, second), options)
        except postgresql.NoPostgreSQL as reason:
            print(f"\nThe rows on PostgreSQL are left out. {reason}", file=sys.stderr)


def on_database(database: str, urls: tuple[str, str], options: argparse.Namespace) -> Iterator[Result]:
    """The wanted rows on one kind of database; ``urls`` are those of Rangoli and of the peer, both empty."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        environ = settings(folder, urls[0])
        origin = stack.enter_context(rangoli(folder, environ))
        if wants(options, singles.row_name(singles.STALE, database)):
            with rangoli(folder, environ) as elsewhere:
                yield singles.stale_sheets(origin, elsewhere, database)
        if wants(options, *singles.client_row_names(database)):
            yield from (r for r in singles.one_client(origin, database) if wants(options, r.name))
        questions = [q for q in rates.QUESTIONS if wants(options, q.row_name(database))]
        if questions:
            servers.prepare_peer()
            sheet = check(Target(f"{origin}/themes/active.css")).body
            peer = stack.enter_context(servers.peer(folder, urls[1]))
            bare = stack.enter_context(servers.bare(folder, len(sheet)))
            origins = rates.Origins(origin, peer, bare)
            for question in questions:
                yield question.ask(origins, database, options.rounds, options.seconds)


def row_names(database: str) -> list[str]:
    """The names of all rows that need a running Rangoli on this kind of database."""
    questions = [question.row_name(database) for question in rates.QUESTIONS]
    return [singles.row_name(singles.STALE, database), *singles.client_row_names(database), *questions]


def wants(options: argparse.Namespace, *names: str) -> bool:
    """Whether ``--only`` asks for any of these rows."""
    return any(options.only.casefold() in name.casefold() for name in names)


if __name__ == "__main__":
    sys.exit(main())
