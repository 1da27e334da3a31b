"""Times as they were meant: local ones, in the zone that a person had chosen."""

from __future__ import annotations

from datetime import UTC, datetime

from webapp.kernel.clock import time_zone, zone_names

ZONES = sorted(zone for zone in zone_names() if "/" in zone and not zone.startswith("Etc/"))
"""The zones that a person is offered; the domain takes every IANA name."""


def local_text(moment: datetime | None, zone: str | None) -> str:
    """A moment as an input of local time takes it: ``2027-03-22T06:00``."""
    return "" if moment is None else moment.astimezone(time_zone(zone) or UTC).strftime("%Y-%m-%dT%H:%M")


def spoken(moment: datetime, zone: str | None) -> str:
    """A moment as a person reads it, with its zone: ``22 Mar 2027, 06:00 (Asia/Kolkata)``."""
    known = time_zone(zone)
    local = moment.astimezone(known or UTC)
    return f"{local.day} {local.strftime('%b %Y, %H:%M')} ({known.key if known else 'UTC'})"
