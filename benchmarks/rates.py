"""The rows that are requests per second: the same question to Rangoli, the peer and the bare route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.load import Target, check, measure
from benchmarks.results import Goal, Result


@dataclass(frozen=True, slots=True)
class Origins:
    """Where the three servers listen."""

    rangoli: str
    peer: str
    bare: str


@dataclass(frozen=True, slots=True)
class Question:
    """A path on each server. ``revalidates`` sends Rangoli its own ETag back, which must get 304."""

    name: str
    rangoli: str
    peer: str
    bare: str
    goals: Mapping[str, Goal]
    headers: Mapping[str, str] = field(default_factory=dict)
    revalidates: bool = False

    def targets(self, origins: Origins) -> dict[str, Target]:
        rangoli = Target(origins.rangoli + self.rangoli, self.headers)
        if self.revalidates:
            etag = check(rangoli).headers["ETag"]
            rangoli = Target(rangoli.url, {**self.headers, "If-None-Match": etag}, status=304)
        return {
            "rangoli": rangoli,
            "peer": Target(origins.peer + self.peer),
            "bare": Target(origins.bare + self.bare),
        }

    def row_name(self, database: str) -> str:
        return f"{self.name}, {database}"

    def ask(self, origins: Origins, database: str, rounds: int, seconds: int) -> Result:
        """Measure the row on servers that use ``database``."""
        rates = measure(self.targets(origins), rounds, seconds)
        return Result(
            self.row_name(database),
            rates.rate("rangoli"),
            "/s",
            self.goals.get(database, Goal()),
            peer=rates.rate("peer"),
            bare=rates.rate("bare"),
            to_peer=rates.ratio("rangoli", "peer"),
            to_bare=rates.ratio("rangoli", "bare"),
        )


STYLESHEET = {"SQLite": Goal(to_peer=5, to_bare=0.80), "PostgreSQL": Goal(to_bare=0.45)}
ACTIVE_THEME = {"SQLite": Goal(to_peer=2), "PostgreSQL": Goal(to_peer=2)}
SHEETS = ("/themes/active.css", "/api/v1/css", "/stylesheet")

QUESTIONS = (
    Question("stylesheet 200", *SHEETS, goals=STYLESHEET),
    Question("stylesheet 304", *SHEETS, goals=STYLESHEET, revalidates=True),
    Question("stylesheet brotli", *SHEETS, goals={}, headers={"Accept-Encoding": "br"}),
    Question(
        "active theme", "/api/v1/themes/active", "/api/v1/design/active", "/document", goals=ACTIVE_THEME
    ),
)
