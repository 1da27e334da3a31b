"""Times as people send them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from webapp.domain.content.schedules import read_schedule
from webapp.kernel.errors import Invalid

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        ({"publish_at": "2026-12-01T09:00:00Z"}, datetime(2026, 12, 1, 9, tzinfo=UTC)),
        ({"publish_at": "2026-12-01T09:00:00.5+05:30"}, datetime(2026, 12, 1, 3, 30, 0, 500_000, tzinfo=UTC)),
        (
            {"publish_at": "2026-12-01T09:00", "time_zone": "Asia/Kolkata"},
            datetime(2026, 12, 1, 3, 30, tzinfo=UTC),
        ),
        (
            {"publish_at": "2027-06-01T09:00:00", "time_zone": "Europe/Berlin"},
            datetime(2027, 6, 1, 7, tzinfo=UTC),
        ),
        # The hour that comes twice when summer time ends: the first of the two.
        (
            {"publish_at": "2027-10-31T02:30", "time_zone": "Europe/Berlin"},
            datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
        ),
    ],
)
def test_times(sent: dict[str, Any], moment: datetime) -> None:
    schedule = read_schedule(sent, NOW)
    assert schedule.publish_at == moment
    assert schedule.time_zone == sent.get("time_zone")


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [
        ({}, {("/publish_at", "required")}),
        ({"publish_at": None, "unpublish_at": None}, {("/publish_at", "required")}),
        ({"publish_at": "tomorrow"}, {("/publish_at", "invalid_time")}),
        (
            {"publish_at": 5, "unpublish_at": True},
            {("/publish_at", "invalid_time"), ("/unpublish_at", "invalid_time")},
        ),
        ({"publish_at": "2026-12-01T09:00"}, {("/publish_at", "invalid_time")}),
        ({"publish_at": "2026-11-01T12:00:00Z"}, {("/publish_at", "out_of_range")}),
        ({"publish_at": "9999-12-31T23:59:59-23:59"}, {("/publish_at", "invalid_time")}),
        ({"publish_at": "0001-01-01T00:00", "time_zone": "Asia/Kolkata"}, {("/publish_at", "invalid_time")}),
        # The hour that summer time skips.
        ({"publish_at": "2027-03-28T02:30", "time_zone": "Europe/Berlin"}, {("/publish_at", "invalid_time")}),
        (
            {"publish_at": "2026-12-02T09:00:00Z", "unpublish_at": "2026-12-02T09:00:00Z"},
            {("/unpublish_at", "out_of_range")},
        ),
        (
            {"unpublish_at": "2026-12-02T09:00:00Z", "time_zone": "Mars/Base", "revision": "1", "x": 1},
            {("/time_zone", "invalid_choice"), ("/revision", "invalid_type"), ("/x", "unknown_field")},
        ),
    ],
)
def test_every_wrong_field_is_named(sent: dict[str, Any], wrong: set[tuple[str, str]]) -> None:
    with pytest.raises(Invalid) as raised:
        read_schedule(sent, NOW)
    assert {(error.pointer, error.code) for error in raised.value.errors} == wrong
