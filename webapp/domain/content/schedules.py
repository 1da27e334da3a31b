"""When something is to be shown and hidden, read from what people send: moments, or local times in a zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from webapp.domain.content.fields import unknown_fields
from webapp.kernel.clock import YEARS, parse_rfc3339, time_zone
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import FieldError, Invalid

_LOCAL = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Revision ``number`` (None: the latest) is shown from ``publish_at``, nothing from ``unpublish_at``."""

    publish_at: datetime | None = None
    unpublish_at: datetime | None = None
    time_zone: str | None = None
    number: int | None = None


def read_schedule(sent: Mapping[str, Any], now: datetime) -> Schedule:
    """A schedule from ``publish_at``, ``unpublish_at``, ``time_zone`` and ``revision``.

    A time has an offset (RFC 3339), or none and is then a local one in ``time_zone``, an IANA name. A local
    time that comes twice when clocks go back means the first. Raises Invalid with every wrong field.
    """
    errors = unknown_fields(sent, ("publish_at", "unpublish_at", "time_zone", "revision"))
    zone = read_zone(sent.get("time_zone"), errors)
    times = {name: _read_time(sent, name, zone, now, errors) for name in ("publish_at", "unpublish_at")}
    number = sent.get("revision")
    if number is not None and (type(number) is not int or not 1 <= number <= INT_MAX):
        errors.append(FieldError("/revision", "Must be the number of a revision.", "invalid_type"))
    if sent.get("publish_at") is None and sent.get("unpublish_at") is None:
        errors.append(FieldError("/publish_at", "At least one of the two times is required.", "required"))
    if times["publish_at"] and times["unpublish_at"] and times["unpublish_at"] <= times["publish_at"]:
        errors.append(FieldError("/unpublish_at", "Must be later than publish_at.", "out_of_range"))
    if errors:
        raise Invalid(errors)
    return Schedule(times["publish_at"], times["unpublish_at"], zone.key if zone else None, number)


def read_zone(name: Any, errors: list[FieldError]) -> ZoneInfo | None:
    """The zone of that name, if there is a name; what is no zone is told in ``errors``."""
    zone = time_zone(name)
    if zone is None and name is not None:
        errors.append(FieldError("/time_zone", "Must be an IANA time zone.", "invalid_choice"))
    return zone


def _read_time(
    sent: Mapping[str, Any], name: str, zone: ZoneInfo | None, now: datetime, errors: list[FieldError]
) -> datetime | None:
    text = sent.get(name)
    if text is None:
        return None
    try:
        moment = (
            _local(text, zone) if isinstance(text, str) and _LOCAL.fullmatch(text) else parse_rfc3339(text)
        )
    except ValueError as error:
        errors.append(FieldError(f"/{name}", f"Must be a time: {error}.", "invalid_time"))
        return None
    if moment <= now:
        errors.append(FieldError(f"/{name}", "Must be in the future.", "out_of_range"))
    return moment


def _local(text: str, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        raise ValueError("a local time needs its time_zone")
    local = datetime.fromisoformat(text)
    if local.year not in YEARS:
        raise ValueError("a year that cannot be kept")
    moment = local.replace(tzinfo=zone).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) != local:
        raise ValueError("clocks go forward over it in this zone")
    return moment
