"""Which revision is shown when, without a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp.domain.content.lifecycle import Standing, Status, Window

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SOON, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


def shown(standing: Standing, at: datetime) -> int | None:
    """The number that the windows let everyone read at a time."""
    found = [
        number
        for number, window in standing.windows().items()
        if window.live_from is not None
        and window.live_from <= at
        and (window.live_until is None or window.live_until > at)
    ]
    assert len(found) <= 1
    return found[0] if found else None


STANDINGS = [
    Standing(1),
    Standing(1, 1, NOW),
    Standing(3, 2, NOW),
    Standing(3, 3, NOW, unpublish_at=SOON),
    Standing(3, 2, NOW, scheduled=3, publish_at=SOON),
    Standing(4, 2, NOW, scheduled=3, publish_at=SOON, unpublish_at=LATER),
    Standing(4, None, None, scheduled=4, publish_at=SOON, unpublish_at=LATER),
    Standing(4, None, None, scheduled=2, publish_at=SOON),
]


@pytest.mark.parametrize("standing", STANDINGS)
def test_windows_say_at_every_time_what_settling_would(standing: Standing) -> None:
    for at in (NOW, SOON - timedelta(seconds=1), SOON, LATER - timedelta(seconds=1), LATER):
        assert shown(standing, at) == standing.settled(at).live
        assert shown(standing.settled(at), at) == standing.settled(at).live


@pytest.mark.parametrize("standing", STANDINGS)
def test_exactly_one_revision_is_the_latest(standing: Standing) -> None:
    latest = [number for number, window in standing.windows().items() if window.is_latest]
    assert latest == [standing.latest]


def test_status_follows_the_time() -> None:
    standing = Standing(4, 2, NOW, scheduled=4, publish_at=SOON, unpublish_at=LATER)
    statuses = [standing.status(at) for at in (NOW, SOON, LATER)]
    assert statuses == [Status.CHANGED, Status.PUBLISHED, Status.DRAFT]


def test_settling_twice_changes_nothing_more() -> None:
    for standing in STANDINGS:
        for at in (NOW, SOON, LATER):
            assert standing.settled(at).settled(at) == standing.settled(at)


def test_publishing_keeps_another_revision_that_is_scheduled() -> None:
    standing = Standing(5, 2, NOW, scheduled=3, publish_at=SOON).published(5, NOW)
    assert (standing.live, standing.scheduled) == (5, 3)
    assert standing.settled(SOON).live == 3


def test_publishing_what_is_scheduled_needs_the_schedule_no_more() -> None:
    standing = Standing(3, 2, NOW, scheduled=3, publish_at=SOON, unpublish_at=LATER).published(3, NOW)
    assert (standing.scheduled, standing.publish_at, standing.unpublish_at) == (None, None, LATER)


def test_publishing_again_does_not_move_the_time() -> None:
    assert Standing(1, 1, NOW).published(1, LATER).live_since == NOW


def test_a_draft_beside_what_is_shown() -> None:
    assert Standing(3, 2, NOW).windows() == {3: Window(True), 2: Window(False, NOW, None)}
