"""Festivals, categories and public templates in a bundle, by slug; cards stay where they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from webapp.domain.bundles.records import Item
from webapp.domain.bundles.registry import Part, add_part
from webapp.domain.cards.categories import create_category, update_category
from webapp.domain.cards.festival_models import Festival
from webapp.domain.cards.festival_parts import enter_date, forget_date
from webapp.domain.cards.festivals import add_image, create_festival, delete_image, update_festival
from webapp.domain.cards.models import SHOWN, SLUG_MAX, Template, TemplateCategory
from webapp.domain.cards.templates import create_template, feature_template, update_template
from webapp.kernel.db import Base
from webapp.kernel.errors import NotFound, refuse
from webapp.kernel.slugs import slug_errors
from webapp.kernel.work import Work

Found = TypeVar("Found", Festival, TemplateCategory, Template)

FESTIVAL = (
    *("name", "description", "category", "country", "is_active", "default_message", "messages", "colors"),
    *("calendar", "calendar_name"),
)
IMAGE = ("image_url", "alt_text", "is_primary", "sort_order")
CATEGORY = ("name", "description", "icon", "sort_order", "is_active")
TEMPLATE = (
    *("name", "description", "template_code", "template_config", "preview_image_url", "tags", "is_premium"),
)


def _values(row: Base, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _by_slug(work: Work, model: type[Found], slug: str) -> Found | None:
    """The one with that slug, if there is one. Raises Invalid for what is no slug."""
    refuse(slug_errors(slug, SLUG_MAX))
    return work.session.scalar(select(model).where(model.slug == slug))


# --- festivals ------------------------------------------------------------------------------


def _festival(row: Festival) -> Item:
    """A festival with the days that a person has entered; the calendar's come by themselves."""
    days = [[each.date_start.isoformat(), each.date_end.isoformat()] for each in row.dates if each.is_manual]
    images = [_values(each, IMAGE) for each in row.images]
    return Item(row.slug, {**_values(row, FESTIVAL), "days": days, "images": images}, row.updated_at)


def dump_festivals(work: Work) -> Iterator[Item]:
    rows = work.session.scalars(select(Festival).order_by(Festival.slug)).all()
    return (_festival(row) for row in rows)


def find_festival(work: Work, key: str) -> Item | None:
    row = _by_slug(work, Festival, key)
    return None if row is None else _festival(row)


def save_festival(work: Work, item: Item) -> None:
    fields = {name: item.record[name] for name in FESTIVAL}
    there = _by_slug(work, Festival, item.key)
    if there is None:
        row = create_festival(work, {"slug": item.key, **fields})
    else:
        row = update_festival(work, there.id, fields)
    for year in [each.year for each in row.dates if each.is_manual]:
        forget_date(work, row.id, year)
    for start, end in item.record["days"]:
        days = {"date_start": date.fromisoformat(start), "date_end": date.fromisoformat(end)}
        enter_date(work, row.id, {name: day.isoformat() for name, day in days.items()})
    for image_id in [image.id for image in row.images]:
        delete_image(work, row.id, image_id)
    for image in item.record["images"]:
        add_image(work, row.id, image)


# --- categories -----------------------------------------------------------------------------


def _category(row: TemplateCategory) -> Item:
    return Item(row.slug, _values(row, CATEGORY))


def dump_categories(work: Work) -> Iterator[Item]:
    rows = work.session.scalars(select(TemplateCategory).order_by(TemplateCategory.slug)).all()
    return (_category(row) for row in rows)


def find_category(work: Work, key: str) -> Item | None:
    row = _by_slug(work, TemplateCategory, key)
    return None if row is None else _category(row)


def save_category(work: Work, item: Item) -> None:
    there = _by_slug(work, TemplateCategory, item.key)
    if there is None:
        create_category(work, item.record).slug = item.key
        work.session.flush()
    else:
        update_category(work, there.id, item.record)


# --- templates ------------------------------------------------------------------------------


def _template(work: Work, row: Template) -> Item:
    category = row.category_id and work.session.get(TemplateCategory, row.category_id)
    record = {**_values(row, TEMPLATE), "is_featured": row.is_featured}
    return Item(row.slug, {**record, "category": category.slug if category else None}, row.updated_at)


def dump_templates(work: Work) -> Iterator[Item]:
    """The live versions of what everybody sees."""
    shown = select(Template).where(Template.is_public, Template.standing.in_(SHOWN)).order_by(Template.slug)
    return (_template(work, row) for row in work.session.scalars(shown).all())


def find_template(work: Work, key: str) -> Item | None:
    row = _by_slug(work, Template, key)
    return None if row is None else _template(work, row)


def save_template(work: Work, item: Item) -> None:
    slug, is_featured = item.record["category"], item.record["is_featured"]
    category = None if slug is None else _by_slug(work, TemplateCategory, slug)
    if slug is not None and category is None:
        raise NotFound("Category not found")
    if not isinstance(is_featured, bool):
        raise TypeError("is_featured")
    fields = {name: item.record[name] for name in TEMPLATE}
    fields |= {"category_id": str(category.id) if category else None, "is_public": True}
    there = _by_slug(work, Template, item.key)
    if there is None:
        row = create_template(work, fields)
        row.slug = item.key
        work.session.flush()
    else:
        row = update_template(work, there.id, fields)
    if row.is_featured != is_featured:
        feature_template(work, row.id, is_featured)


add_part(50, Part("festivals", "Festivals", dump_festivals, find_festival, save_festival))
add_part(51, Part("template_categories", "Categories", dump_categories, find_category, save_category))
add_part(52, Part("templates", "Templates", dump_templates, find_template, save_template))
