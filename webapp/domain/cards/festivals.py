"""Festivals: reading, and what editors do to them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import with_expression

from webapp.domain.audit.events import named, record
from webapp.domain.cards import festival_models as limits
from webapp.domain.cards.calendar import fill_dates, known_names, set_date
from webapp.domain.cards.festival_models import Festival, FestivalDate, FestivalImage
from webapp.domain.cards.fields import Color, Day, Flag, ImageAddress, ListOf, Number, read_fields
from webapp.domain.cards.policy import may_edit_festivals
from webapp.domain.content.fields import Field, JsonObject, Text, escape
from webapp.kernel.cache_groups import FESTIVALS
from webapp.kernel.db import lock
from webapp.kernel.errors import Conflict, FieldError, NotFound, refuse
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.slugs import free_slug, slug_errors
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, check_unchanged, require

WORD = Text(limits.WORD_MAX, is_line=True)
MESSAGE = Text(limits.MESSAGE_MAX)
FIELDS = (
    Field("name", Text(limits.NAME_MAX, minimum=1, is_line=True)),
    Field("slug", Text(limits.SLUG_MAX, minimum=1, is_line=True)),
    Field("description", Text(limits.DESCRIPTION_MAX), required=False),
    Field("category", WORD, required=False),
    Field("country", WORD, required=False),
    Field("date_start", Day(), required=False),
    Field("date_end", Day(), required=False),
    Field("is_active", Flag()),
    Field("default_message", MESSAGE, required=False),
    Field("messages", JsonObject()),
    Field("colors", ListOf(Color(), limits.COLORS_MAX)),
    Field("calendar", Text(2, is_line=True), required=False),
    Field("calendar_name", Text(limits.NAME_MAX, is_line=True), required=False),
)
IMAGE_FIELDS = (
    Field("image_url", ImageAddress(limits.URL_MAX)),
    Field("alt_text", Text(limits.ALT_TEXT_MAX, is_line=True), required=False),
    Field("is_primary", Flag()),
    Field("sort_order", Number()),
)
NO_DATE = date(9999, 12, 31)
"""Where festivals without a known date stand in the order."""


def festival_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """Everything that is wrong with the fields of a festival."""
    values, errors = read_fields(FIELDS, sent, partial=partial, required=("name",))
    start, end = values.get("date_start"), values.get("date_end")
    if end is not None and (start is None or not start <= end <= start + timedelta(days=60)):
        errors.append(FieldError("/date_end", "Must be up to 60 days after date_start.", "out_of_range"))
    for language, message in (values.get("messages") or {}).items():
        errors += MESSAGE.read(message, f"/messages/{escape(language)}")[1]
    if len(values.get("messages") or {}) > limits.LANGUAGES_MAX:
        errors.append(FieldError("/messages", f"At most {limits.LANGUAGES_MAX} languages.", "too_long"))
    if slug := values.get("slug"):
        errors += slug_errors(slug, limits.SLUG_MAX)
    if "calendar" in sent or "calendar_name" in sent:
        errors += _calendar_errors(values.get("calendar"), values.get("calendar_name"))
    return errors


def _calendar_errors(country: str | None, name: str | None) -> list[FieldError]:
    if country is None and name is None:
        return []
    years = range(2024, 2028)  # a holiday need not be in every year
    if any(name in known_names(country or "", year) for year in years):
        return []
    return [FieldError("/calendar_name", "The calendar of that country does not know it.", "invalid_choice")]


def list_festivals(
    work: Work,
    request: PageRequest,
    *,
    q: str | None = None,
    category: str | None = None,
    country: str | None = None,
) -> Page[Festival]:
    """Active festivals, the next one first; those without a known date last. Editors see all."""
    next_start = (
        select(func.coalesce(func.min(FestivalDate.date_start), NO_DATE))
        .where(FestivalDate.festival_id == Festival.id, FestivalDate.date_end >= work.now.date())
        .correlate(Festival)
        .scalar_subquery()
    )
    statement = select(Festival).options(with_expression(Festival.next_start, next_start))
    if not may_edit_festivals(work.actor):
        statement = statement.where(Festival.is_active)
    if q and (wanted := fold(q)):
        statement = statement.where(Festival.search_text.like(like_pattern(wanted), escape="\\"))
    for column, value in ((Festival.category, category), (Festival.country, country)):
        if value is not None:
            statement = statement.where(func.lower(column) == value.lower())
    keys = (
        SortKey(next_start, lambda festival: festival.next_start),
        SortKey(Festival.id, lambda festival: festival.id),
    )
    return fetch_page(work.session, statement, request, keys)


def get_festival(work: Work, festival_id: UUID) -> Festival:
    """One festival. Raises NotFound, also for an inactive one unless an editor asks."""
    festival = work.session.get(Festival, festival_id)
    if festival is None or not (festival.is_active or may_edit_festivals(work.actor)):
        raise NotFound("Festival not found")
    return festival


def create_festival(work: Work, fields: Mapping[str, Any]) -> Festival:
    """Add a festival. Raises Invalid, Conflict."""
    require(work.actor, may_edit_festivals(work.actor))
    refuse(festival_errors(fields))
    festival = Festival(created_by=work.actor.id, created_at=work.now, updated_at=work.now)
    festival.dates, festival.images, festival.slug = [], [], ""
    _set(work, festival, fields)
    festival.slug = festival.slug or _free_slug(work, festival.name)
    work.session.add(festival)
    work.session.flush()
    work.outdate(FESTIVALS)
    record(work, "festival.create", festival.id)
    return festival


def update_festival(
    work: Work, festival_id: UUID, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Festival:
    """Change the fields that are sent. Raises NotFound, Stale, Invalid, Conflict."""
    festival = editable_festival(work, festival_id, expected)
    refuse(festival_errors(changes, partial=True))
    festival.updated_at = work.now
    _set(work, festival, changes)
    record(work, "festival.update", festival.id, named(changes))
    work.session.flush()
    return festival


def delete_festival(work: Work, festival_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete a festival; cards that were made for it stay. Raises NotFound, Stale."""
    work.session.delete(editable_festival(work, festival_id, expected))
    record(work, "festival.delete", festival_id)
    work.session.flush()


def image_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """Everything that is wrong with the fields of an image."""
    return read_fields(IMAGE_FIELDS, sent, partial=partial, required=("image_url",))[1]


def add_image(work: Work, festival_id: UUID, fields: Mapping[str, Any]) -> FestivalImage:
    """Give a festival an image; the first one is the primary one. Raises NotFound, Invalid."""
    festival = editable_festival(work, festival_id, None)
    refuse(image_errors(fields))
    values, _ = read_fields(IMAGE_FIELDS, fields, partial=True)
    last = max((image.sort_order for image in festival.images), default=-1)
    image = FestivalImage(sort_order=last + 1, uploaded_by=work.actor.id, created_at=work.now)
    for name, value in values.items():
        setattr(image, name, value)
    image.is_primary = values.get("is_primary", False) or not festival.images
    if image.is_primary:
        for other in festival.images:
            other.is_primary = False
    festival.images.append(image)
    festival.updated_at = work.now
    record(work, "festival.add_image", festival.id)
    work.session.flush()
    return image


def delete_image(work: Work, festival_id: UUID, image_id: UUID) -> None:
    """Take an image from a festival; the next one becomes the primary one. Raises NotFound."""
    festival = editable_festival(work, festival_id, None)
    image = next((each for each in festival.images if each.id == image_id), None)
    if image is None:
        raise NotFound("Image not found")
    festival.images.remove(image)
    if image.is_primary and festival.images:
        festival.images[0].is_primary = True
    festival.updated_at = work.now
    record(work, "festival.remove_image", festival.id)
    work.session.flush()


def refresh_dates(work: Work) -> int:
    """Fill in the dates of the coming years from the calendars; answers how many festivals changed."""
    known = work.session.scalars(select(Festival).where(Festival.calendar.is_not(None)))
    work.outdate(FESTIVALS)
    return sum(fill_dates(festival, work.now.date()) for festival in known)


def editable_festival(work: Work, festival_id: UUID, expected: Container[str] | None) -> Festival:
    require(work.actor, may_edit_festivals(work.actor))
    festival = get_festival(work, festival_id)
    check_unchanged(festival.tag, expected)
    work.outdate(FESTIVALS)
    return festival


def _set(work: Work, festival: Festival, fields: Mapping[str, Any]) -> None:
    values, _ = read_fields(FIELDS, fields, partial=True)
    start, end = values.pop("date_start", None), values.pop("date_end", None)
    if values.get("slug", festival.slug) != festival.slug:
        lock(work.session, "festival slugs")
        if _slug_is_taken(work, values["slug"]):
            raise Conflict("Festival with this slug already exists", code="taken")
    for name, value in values.items():
        setattr(festival, name, value)
    fill_dates(festival, work.now.date())
    if start is not None:
        set_date(festival, start, end or start)
    texts = (festival.name, festival.description, festival.category, festival.country)
    festival.search_text = "\n".join(fold(text) for text in texts if text)


def _slug_is_taken(work: Work, slug: str) -> bool:
    return work.session.scalar(select(Festival.id).where(Festival.slug == slug)) is not None


def _free_slug(work: Work, name: str) -> str:
    lock(work.session, "festival slugs")
    stem_max = limits.SLUG_MAX - 6
    return free_slug(work.session, Festival.slug, name, fallback="festival", stem_max=stem_max)
