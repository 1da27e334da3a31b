"""Time as an argument. The faces read the clock once per unit of work and pass it down."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

YEARS = range(1900, 9000)
"""The years that every database and time zone can count in."""

_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


zone_names = cache(available_timezones)
"""The names of all IANA time zones; the standard library looks through files for them each time."""


def time_zone(name: object) -> ZoneInfo | None:
    """The IANA time zone of that name; None where there is none."""
    return ZoneInfo(name) if isinstance(name, str) and name in zone_names() else None


def utc_now() -> datetime:
    """The present moment, aware and in UTC."""
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """Format an aware ``moment`` as RFC 3339 in UTC with a ``Z``."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat()[:-6] + "Z"


def parse_rfc3339(text: object) -> datetime:
    """The moment that RFC 3339 text with an offset means, in UTC. Raises ValueError for anything else."""
    if not isinstance(text, str) or not _RFC3339.fullmatch(text):
        raise ValueError("not a time with an offset")
    moment = datetime.fromisoformat(text.upper())
    if moment.year not in YEARS:
        raise ValueError("a year that cannot be kept")
    return moment.astimezone(UTC)
