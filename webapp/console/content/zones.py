"""Times as they were meant: local ones, in the zone that a person had chosen."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo, available_timezones

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))
"""The zones that a person is offered; the domain takes every IANA name."""


def local_text(moment: datetime | None, zone: str | None) -> str:
    """A moment as an input of local time takes it: ``2027-03-22T06:00``."""
    return "" if moment is None else _local(moment, zone).strftime("%Y-%m-%dT%H:%M")


def spoken(moment: datetime, zone: str | None) -> str:
    """A moment as a person reads it, with its zone: ``22 Mar 2027, 06:00 (Asia/Kolkata)``."""
    local = _local(moment, zone)
    return f"{local.day} {local.strftime('%b %Y, %H:%M')} ({zone or 'UTC'})"


def _local(moment: datetime, zone: str | None) -> datetime:
    return moment.astimezone(ZoneInfo(zone) if zone else UTC)
