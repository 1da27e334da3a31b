"""When which revision of an entry is shown: drafts, publication and schedules, without a database.

Schedules need no runner to be exact: readers compare times, and whoever writes next settles what fell due.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Not shown; shown as it is; shown in an earlier state than the latest."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Window:
    """How a revision may be read: as the latest, and by everyone from ``live_from`` until ``live_until``."""

    is_latest: bool = False
    live_from: datetime | None = None
    live_until: datetime | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """It by the names of the columns of an edition."""
        return {"is_latest": self.is_latest, "live_from": self.live_from, "live_until": self.live_until}


@dataclass(frozen=True, slots=True)
class Standing:
    """Which revisions of an entry count, by number.

    ``live`` is shown since ``live_since``; ``scheduled`` takes its place at ``publish_at``; from
    ``unpublish_at`` nothing is shown. When both times are set, ``publish_at`` is the earlier one.
    """

    latest: int
    live: int | None = None
    live_since: datetime | None = None
    scheduled: int | None = None
    publish_at: datetime | None = None
    unpublish_at: datetime | None = None

    @classmethod
    def of(cls, row: Any) -> Standing:
        """As the columns of an entry have it."""
        return cls(
            row.latest_number,
            row.live_number,
            row.live_since,
            row.scheduled_number,
            row.publish_at,
            row.unpublish_at,
        )

    @property
    def columns(self) -> dict[str, Any]:
        """It by the names of the columns of an entry."""
        return {
            "latest_number": self.latest,
            "live_number": self.live,
            "live_since": self.live_since,
            "scheduled_number": self.scheduled,
            "publish_at": self.publish_at,
            "unpublish_at": self.unpublish_at,
        }

    def settled(self, now: datetime) -> Standing:
        """The standing once everything has happened that is due by ``now``."""
        standing = self
        if self.publish_at is not None and self.publish_at <= now:
            standing = replace(
                standing, live=self.scheduled, live_since=self.publish_at, scheduled=None, publish_at=None
            )
        if self.unpublish_at is not None and self.unpublish_at <= now:
            standing = replace(standing, live=None, live_since=None, unpublish_at=None)
        return standing

    def saved(self, number: int) -> Standing:
        """With ``number`` as the latest revision."""
        return replace(self, latest=number)

    def published(self, number: int, now: datetime) -> Standing:
        """With ``number`` shown from ``now`` on; another revision that is scheduled keeps its time."""
        standing = self
        if number == self.scheduled:
            standing = replace(standing, scheduled=None, publish_at=None)
        return standing if number == self.live else replace(standing, live=number, live_since=now)

    def unpublished(self) -> Standing:
        """With nothing shown, and nothing scheduled either."""
        return Standing(self.latest)

    def status(self, now: datetime) -> Status:
        live = self.settled(now).live
        if live is None:
            return Status.DRAFT
        return Status.PUBLISHED if live == self.latest else Status.CHANGED

    def windows(self) -> dict[int, Window]:
        """The revisions that somebody may read now or at a known time, each with its window."""
        found = {self.latest: Window(is_latest=True)}
        if self.live is not None:
            until = self.unpublish_at if self.publish_at is None else self.publish_at
            found[self.live] = Window(self.live == self.latest, self.live_since, until)
        if self.scheduled is not None:
            found[self.scheduled] = Window(self.scheduled == self.latest, self.publish_at, self.unpublish_at)
        return found
