"""``python -m benchmarks.content``: lists, searches and writes of content beside the peer, at several sizes.

Rangoli and the peer have the same rows and are asked the same in the same rounds. Rangoli is asked for
answers that were not kept (``Cache-Control: no-cache``), except in the rows that say *kept*.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks import postgresql, servers
from benchmarks.load import LoadError, Target, check, measure
from benchmarks.product import Administrator, rangoli, settings
from benchmarks.results import Goal, Result, table
from benchmarks.writes import posts

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
PAGE = 20
DEEP = 1_000
"""The page that is deep in a list."""
SMALL = 10_000
"""The size that the first page of a large list is held against."""
WRITE_SECONDS = 3
COLD = {"Cache-Control": "no-cache"}


@dataclass(frozen=True, slots=True)
class Question:
    """A path of Rangoli and of the peer; the goals are how many times the peer's rate."""

    name: str
    rangoli: str
    peer: str | None
    goals: Mapping[str, float]
    is_kept: bool = False


def both(goal: float) -> dict[str, float]:
    return {SQLITE: goal, POSTGRESQL: goal}


NEWEST = f"?limit={PAGE}&sort=-created_at"
FIRST = f"/?limit={PAGE}"
SEARCH = f"/search?q=item+{{middle}}&limit={PAGE}"
QUESTIONS = (
    Question("list of 20 with total", NEWEST, FIRST, {SQLITE: 7, POSTGRESQL: 6}),
    Question("list of 20 without total", f"{NEWEST}&total=false", FIRST, both(15)),
    Question("list of 20 without total, kept", f"{NEWEST}&total=false", FIRST, both(15), is_kept=True),
    Question("item", "/{middle}", "/{middle}", both(2)),
    Question("by tag", f"{NEWEST}&tag=tag-3", f"{FIRST}&tag=tag-3", both(5)),
    Question("search, a phrase", SEARCH, SEARCH, both(4)),
    Question("search, words by rank", f"/search?q=sentence+ordinary&limit={PAGE}", None, {}),
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.content", description=__doc__)
    parser.add_argument("--rows", default="1000,100000", help="sizes, with commas (default 1000,100000)")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="seconds for each measurement (default 2)")
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows whose name contains TEXT")
    parser.add_argument("--postgresql", metavar="URL", help="a server where databases may be made")
    options = parser.parse_args()
    results: list[Result] = []
    try:
        servers.prepare_peer()
        for result in rows(options):
            print(".", end="", file=sys.stderr, flush=True)
            results.append(result)
    except (LoadError, servers.ServerError, postgresql.NoPostgreSQL) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    finally:
        print(file=sys.stderr)
        print(table(results))
    return 0


def rows(options: argparse.Namespace) -> Iterator[Result]:
    """Every wanted row: for each database and size in turn."""
    sizes = [int(size) for size in options.rows.split(",")]
    with ExitStack() as stack:
        if "postgresql" in options.databases:
            server = stack.enter_context(postgresql.server(options.postgresql))
        for database in (SQLITE, POSTGRESQL):
            if database.lower() not in options.databases:
                continue
            for size in sizes:
                with ExitStack() as one:
                    folder = Path(one.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
                    if database == SQLITE:
                        urls = [f"sqlite:///{folder}/{name}.db" for name in ("rangoli", "peer", "small")]
                    else:
                        urls = [one.enter_context(postgresql.database(server)) for _ in range(3)]
                    yield from Measuring(folder, database, size, options).rows(*urls)


@contextmanager
def filled(folder: Path, url: str, size: int) -> Iterator[str]:
    """Rangoli with so many items, as it runs in production; yields the origin."""
    folder.mkdir()
    environ = settings(folder, url)
    fill = [sys.executable, "-m", "benchmarks.content_rows", str(size)]
    servers.run(fill, folder, environ | {"PUBLIC_ORIGIN": "http://127.0.0.1"})
    with rangoli(folder, environ, worker=False) as origin:
        yield origin


@dataclass
class Measuring:
    """The rows of one size on one kind of database."""

    folder: Path
    database: str
    size: int
    options: argparse.Namespace

    def name(self, row: str) -> str:
        return f"{row}, {self.size:,} on {self.database}"

    def wants(self, row: str) -> bool:
        return self.options.only.casefold() in self.name(row).casefold()

    def rows(self, url: str, peer_url: str, small_url: str) -> Iterator[Result]:
        with ExitStack() as stack:
            origin = stack.enter_context(filled(self.folder / "rangoli", url, self.size))
            peer = stack.enter_context(servers.peer(self.folder, peer_url, self.size))
            yield from (self.ask(q, origin, peer) for q in QUESTIONS if self.wants(q.name))
            if self.size > DEEP * PAGE:
                yield from self.deep(origin)
            if self.size > SMALL and self.wants("page 1 to that of 10,000"):
                small = stack.enter_context(filled(self.folder / "small", small_url, SMALL))
                yield self.grown(origin, small)
            if self.wants("POST"):
                yield self.posts(origin, peer)

    def ask(self, question: Question, origin: str, peer: str) -> Result:
        """One question to both, in the same rounds."""
        middle = str(self.size // 2)
        mine = f"{origin}/api/v1/data{question.rangoli.format(middle=middle)}"
        targets = {"rangoli": Target(mine, {} if question.is_kept else COLD)}
        if question.peer is not None:
            targets["peer"] = Target(f"{peer}/api/v1/data{question.peer.format(middle=middle)}")
        rates = measure(targets, self.options.rounds, self.options.seconds)
        has_peer = question.peer is not None
        return Result(
            self.name(question.name),
            rates.rate("rangoli"),
            "/s",
            Goal(to_peer=question.goals.get(self.database)),
            peer=rates.rate("peer") if has_peer else None,
            to_peer=rates.ratio("rangoli", "peer") if has_peer else None,
        )

    def deep(self, origin: str) -> Iterator[Result]:
        """Page 1,000 by cursor, held against page 1 (as ``bare``)."""
        row = "page 1,000 by cursor (bare: page 1)"
        if not self.wants(row):
            return
        first = Target(f"{origin}/api/v1/data{NEWEST}&total=false", COLD)
        before = check(Target(f"{first.url}&skip={(DEEP - 2) * PAGE}")).body
        cursor = json.loads(before)["next_cursor"]
        yield self.held_against(row, Target(f"{first.url}&cursor={cursor}", COLD), first)

    def grown(self, origin: str, small: str) -> Result:
        """Page 1, held against that of a list of 10,000 (as ``bare``)."""
        path = f"/api/v1/data{NEWEST}&total=false"
        return self.held_against(
            "page 1 to that of 10,000 (bare)", Target(origin + path, COLD), Target(small + path, COLD)
        )

    def held_against(self, row: str, target: Target, other: Target) -> Result:
        rates = measure({"it": target, "other": other}, self.options.rounds, self.options.seconds)
        goal = Goal(to_bare=1 / 1.3) if self.size >= 1_000_000 else Goal()
        return Result(
            self.name(row), rates.rate("it"), "/s", goal,
            bare=rates.rate("other"), to_bare=rates.ratio("it", "other"),
        )  # fmt: skip

    def posts(self, origin: str, peer: str) -> Result:
        """Items created a second, each on the disk when it is answered."""
        headers = Administrator(origin).headers
        pairs, refused = [], 0
        for number in range(self.options.rounds):
            order = ("mine", "peer") if number % 2 == 0 else ("peer", "mine")
            rates = {}
            for who in order:
                url = f"{origin}/api/v1/data" if who == "mine" else f"{peer}/api/v1/data/"
                rates[who], failed = posts(url, headers, WRITE_SECONDS, strict=who == "mine")
                refused += failed
            pairs.append((rates["mine"], rates["peer"]))
        if refused:
            print(f"\nThe peer refused {refused} writes.", file=sys.stderr)
        return Result(
            self.name("POST"),
            median(mine for mine, _ in pairs),
            "/s",
            Goal(to_peer=2.5),
            peer=median(theirs for _, theirs in pairs),
            to_peer=median(mine / theirs for mine, theirs in pairs),
        )


if __name__ == "__main__":
    sys.exit(main())
