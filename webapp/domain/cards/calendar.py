"""Dates of festivals by year: from a country's calendar where it knows them, and as people correct them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from webapp.domain.cards.festival_models import Festival, FestivalDate

YEARS_AHEAD = 4
ESTIMATED = " (estimated)"
CATEGORIES = ("public", "optional", "government", "school", "bank")

Found = dict[int, tuple[date, date, bool]]


@lru_cache(maxsize=64)
def known_names(country: str, year: int) -> dict[str, tuple[date, ...]]:
    """The days of a country's holidays in a year by their English names; {} for unknown countries."""
    import holidays  # takes a while to load

    if country not in holidays.list_supported_countries():
        return {}
    calendar = getattr(holidays, country)
    categories = tuple(each for each in CATEGORIES if each in calendar.supported_categories)
    language = "en_US" if "en_US" in calendar.supported_languages else None
    found: dict[str, list[date]] = {}
    for day, names in calendar(years=year, categories=categories, language=language).items():
        for name in names.split("; "):
            found.setdefault(name, []).append(day)
    return {name: tuple(sorted(days)) for name, days in found.items()}


def find_dates(country: str, name: str, years: range) -> Found:
    """(first day, last day, whether it is an estimate) of a holiday for each year in which it is known."""
    found: Found = {}
    for year in years:
        names = known_names(country, year)
        days = names.get(name) or names.get(name + ESTIMATED)
        if days:
            is_one_time = (days[-1] - days[0]).days < 15  # the lunar year may bring it twice
            found[year] = (days[0], days[-1] if is_one_time else days[0], name not in names)
    return found


def fill_dates(festival: Festival, today: date) -> bool:
    """Add or correct the dates of this and the coming years, but none that a person entered.

    Answers whether anything changed.
    """
    if not festival.calendar or not festival.calendar_name:
        return False
    by_year = {each.year: each for each in festival.dates}
    years = range(today.year, today.year + YEARS_AHEAD + 1)
    changed = False
    for year, (start, end, is_estimated) in find_dates(
        festival.calendar, festival.calendar_name, years
    ).items():
        there = by_year.get(year)
        if there is None:
            festival.dates.append(
                FestivalDate(
                    year=year, date_start=start, date_end=end, is_estimated=is_estimated, is_manual=False
                )
            )
            changed = True
        elif not there.is_manual and (there.date_start, there.date_end, there.is_estimated) != (
            start,
            end,
            is_estimated,
        ):
            there.date_start, there.date_end, there.is_estimated = start, end, is_estimated
            changed = True
    return changed


def set_date(festival: Festival, start: date, end: date) -> None:
    """Enter the dates of one year by hand."""
    there = next((each for each in festival.dates if each.year == start.year), None)
    if there is None:
        there = FestivalDate(year=start.year)
        festival.dates.append(there)
        festival.dates.sort(key=lambda each: each.year)
    there.date_start, there.date_end, there.is_estimated, there.is_manual = start, end, False, True
