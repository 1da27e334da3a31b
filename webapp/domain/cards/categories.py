"""Categories of templates."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain.audit.events import named, record
from webapp.domain.cards.fields import Flag, Number, read_fields
from webapp.domain.cards.models import CATEGORY_MAX, DESCRIPTION_MAX, TemplateCategory
from webapp.domain.cards.policy import may_edit_festivals
from webapp.domain.content.fields import Field, Text
from webapp.kernel.cache_groups import (
    FEATURED_TEMPLATES,
    TEMPLATE_CATEGORIES,
    TEMPLATES_OF_CATEGORY,
    TRENDING_TEMPLATES,
)
from webapp.kernel.db import lock
from webapp.kernel.errors import Conflict, FieldError, NotFound, refuse
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.slugs import free_slug
from webapp.kernel.text import fold
from webapp.kernel.work import Work, check_unchanged, require

FIELDS = (
    Field("name", Text(CATEGORY_MAX, minimum=1, is_line=True)),
    Field("description", Text(DESCRIPTION_MAX), required=False),
    Field("icon", Text(CATEGORY_MAX, is_line=True), required=False),
    Field("sort_order", Number()),
    Field("is_active", Flag()),
)
_ORDER = (
    SortKey(TemplateCategory.sort_order, lambda category: category.sort_order),
    SortKey(TemplateCategory.id, lambda category: category.id),
)


def category_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """Everything that is wrong with the fields of a category."""
    return read_fields(FIELDS, sent, partial=partial, required=("name",))[1]


def list_categories(work: Work, request: PageRequest) -> Page[TemplateCategory]:
    """Active categories in their order; editors see all."""
    statement = select(TemplateCategory)
    if not may_edit_festivals(work.actor):
        statement = statement.where(TemplateCategory.is_active)
    return fetch_page(work.session, statement, request, _ORDER)


def get_category(work: Work, category_id: UUID) -> TemplateCategory:
    """One category. Raises NotFound."""
    category = work.session.get(TemplateCategory, category_id)
    if category is None:
        raise NotFound("Category not found")
    return category


def create_category(work: Work, fields: Mapping[str, Any]) -> TemplateCategory:
    """Add a category. Raises Invalid, Conflict."""
    require(work.actor, may_edit_festivals(work.actor))
    refuse(category_errors(fields))
    category = TemplateCategory()
    _set(work, category, fields)
    work.session.add(category)
    work.session.flush()
    work.outdate(TEMPLATE_CATEGORIES)
    record(work, "template_category.create", category.id)
    return category


def update_category(
    work: Work, category_id: UUID, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> TemplateCategory:
    """Change the fields that are sent. Raises NotFound, Stale, Invalid, Conflict."""
    require(work.actor, may_edit_festivals(work.actor))
    category = get_category(work, category_id)
    check_unchanged(category.tag, expected)
    refuse(category_errors(changes, partial=True))
    _set(work, category, changes)
    work.outdate(TEMPLATE_CATEGORIES, TEMPLATES_OF_CATEGORY.of(category_id))
    record(work, "template_category.update", category.id, named(changes))
    work.session.flush()
    return category


def delete_category(work: Work, category_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete a category; its templates stay, without one. Raises NotFound, Stale."""
    require(work.actor, may_edit_festivals(work.actor))
    category = get_category(work, category_id)
    check_unchanged(category.tag, expected)
    work.session.delete(category)
    shown_in = (FEATURED_TEMPLATES, TRENDING_TEMPLATES, TEMPLATES_OF_CATEGORY.of(category_id))
    work.outdate(TEMPLATE_CATEGORIES, *shown_in)
    record(work, "template_category.delete", category_id)
    work.session.flush()


def _set(work: Work, category: TemplateCategory, fields: Mapping[str, Any]) -> None:
    values, _ = read_fields(FIELDS, fields, partial=True)
    if "name" in values and values["name"] != category.name:
        _rename(work, category, values["name"])
    for name, value in values.items():
        setattr(category, name, value)


def _rename(work: Work, category: TemplateCategory, name: str) -> None:
    """Check that the name is free, and make the slug of a new category from it."""
    lock(work.session, "template categories")
    key = fold(name)
    same = select(TemplateCategory).where(TemplateCategory.name_key == key)
    if (other := work.session.scalar(same)) is not None and other is not category:
        raise Conflict("Category with this name already exists", code="name_taken")
    category.name_key = key
    if category.slug is None:
        category.slug = free_slug(
            work.session, TemplateCategory.slug, name, fallback="category", stem_max=CATEGORY_MAX - 6
        )
