"""Festivals as a calendar that other programs subscribe to (iCalendar, RFC 5545)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from webapp.domain.cards.festival_models import Festival, FestivalDate
from webapp.kernel.work import Work

if TYPE_CHECKING:
    from icalendar import Component

PRODUCT = "-//Rangoli//Festivals//EN"
REFRESH = timedelta(days=1)
EVENTS_MAX = 5_000


def festival_feed(
    work: Work, *, name: str, host: str, country: str | None = None, category: str | None = None
) -> bytes:
    """Every active festival in each year of which its days are known, from last year on, as whole days.

    Days that are estimates are tentative. ``host`` makes the events' ids ours.
    """
    since = work.now.date().replace(month=1, day=1) - timedelta(days=365)
    statement = (
        select(FestivalDate, Festival)
        .join(Festival, FestivalDate.festival_id == Festival.id)
        .where(Festival.is_active, FestivalDate.date_end >= since)
        .order_by(FestivalDate.date_start, FestivalDate.id)
        .limit(EVENTS_MAX)
    )
    for column, value in ((Festival.country, country), (Festival.category, category)):
        if value is not None:
            statement = statement.where(func.lower(column) == value.lower())
    from icalendar import Calendar  # takes a while to load, and few processes need it

    calendar = Calendar()
    for property_, value in (
        ("prodid", PRODUCT),
        ("version", "2.0"),
        ("calscale", "GREGORIAN"),
        ("x-wr-calname", name),
    ):
        calendar.add(property_, value)
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    for day, festival in work.session.execute(statement):
        calendar.add_component(_event(day, festival, host))
    text: bytes = calendar.to_ical()
    return text


def _event(day: FestivalDate, festival: Festival, host: str) -> Component:
    from icalendar import Event

    event = Event()
    event.add("uid", f"festival-{festival.id.hex}-{day.year}@{host}")
    event.add("dtstamp", festival.updated_at)
    event.add("summary", f"{festival.name} (estimated)" if day.is_estimated else festival.name)
    event.add("dtstart", day.date_start)
    event.add("dtend", day.date_end + timedelta(days=1))  # the first day after it
    event.add("transp", "TRANSPARENT")
    event.add("status", "TENTATIVE" if day.is_estimated else "CONFIRMED")
    if festival.description:
        event.add("description", festival.description)
    if festival.category:
        event.add("categories", [festival.category])
    return event
