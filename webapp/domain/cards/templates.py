"""What people do to templates: make, change (each change of code is a new version), fork, delete, feature."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any
from uuid import UUID

from webapp.domain.audit.events import named, record
from webapp.domain.cards import models as limits
from webapp.domain.cards.caching import outdate_template
from webapp.domain.cards.categories import get_category
from webapp.domain.cards.fields import Flag, ImageAddress, ListOf, Reference, read_fields
from webapp.domain.cards.liquid_code import parse
from webapp.domain.cards.models import Template
from webapp.domain.cards.moderation import await_review
from webapp.domain.cards.policy import may_create, may_curate, may_edit_template
from webapp.domain.cards.template_config import config_errors
from webapp.domain.cards.template_pictures import have_picture
from webapp.domain.cards.template_queries import editable_template, get_template
from webapp.domain.cards.template_versions import add_version
from webapp.domain.content.fields import Field, JsonObject, Text
from webapp.kernel.db import lock
from webapp.kernel.errors import Denied, FieldError, NotFound, refuse
from webapp.kernel.slugs import free_slug
from webapp.kernel.text import fold
from webapp.kernel.work import Work, require

FIELDS = (
    Field("name", Text(limits.NAME_MAX, minimum=1, is_line=True)),
    Field("description", Text(limits.DESCRIPTION_MAX), required=False),
    Field("category_id", Reference(), required=False),
    Field("template_code", Text(limits.CODE_MAX, minimum=1)),
    Field("template_config", JsonObject(), required=False),
    Field("preview_image_url", ImageAddress(limits.URL_MAX), required=False),
    Field("tags", ListOf(Text(limits.TAG_MAX, minimum=1, is_line=True), limits.TAGS_MAX)),
    Field("is_public", Flag()),
    Field("is_premium", Flag()),
    Field("parent_template_id", Reference(), required=False),
)
REQUIRED = ("name", "template_code")
SEEN = frozenset({"name", "description", "template_code", "template_config", "tags", "is_public"})
"""What others see of a template; a change of it is looked at again."""
VERSIONED = ("template_code", "template_config")


def template_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """Everything that is wrong with the fields of a template, its code by line."""
    values, errors = read_fields(FIELDS, sent, partial=partial, required=REQUIRED)
    if values.get("template_code"):
        errors += parse(values["template_code"])[1]
    if values.get("template_config"):
        errors += config_errors(values["template_config"])
    return errors


def create_template(work: Work, fields: Mapping[str, Any]) -> Template:
    """Make a template. Raises Invalid, NotFound for a category or parent that is not there."""
    require(work.actor, may_create(work.actor))
    refuse(template_errors(fields))
    values, _ = read_fields(FIELDS, fields, partial=True)
    template = Template(
        created_by=work.actor.id,
        created_at=work.now,
        updated_at=work.now,
        template_config={},
        tags=[],
        is_public=True,
    )
    _set(work, template, values)
    await_review(work, template)
    template.slug = _free_slug(work, template.name)
    work.session.add(template)
    work.session.flush()
    add_version(work, template, template.template_code, template.template_config)
    have_picture(work, template)
    record(work, "template.create", template.id)
    return template


def update_template(
    work: Work, template_id: UUID, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Template:
    """Change the fields that are sent; other code or fields are a new version.

    Raises NotFound, Denied, Stale, Invalid.
    """
    template = editable_template(work, template_id, expected)
    refuse(template_errors(changes, partial=True))
    values, _ = read_fields(FIELDS, changes, partial=True)
    before = [getattr(template, name) for name in VERSIONED]
    outdate_template(work, template)
    _set(work, template, values)
    if before != [getattr(template, name) for name in VERSIONED]:
        version = add_version(work, template, template.template_code, template.template_config)
        template.version = version.number
    if SEEN.intersection(values):
        await_review(work, template)
    have_picture(work, template)
    record(work, "template.update", template.id, named(changes))
    work.session.flush()
    return template


def fork_template(work: Work, template_id: UUID, name: str | None = None) -> Template:
    """A private copy of a template, for the person who asks. Raises NotFound, Denied, Invalid."""
    require(work.actor, may_create(work.actor))
    origin = get_template(work, template_id)
    if origin.is_premium and not may_edit_template(work.actor, origin):
        raise Denied("Premium templates cannot be copied.")
    fields = {
        "name": name or origin.name,
        "description": origin.description,
        "template_code": origin.template_code,
        "template_config": origin.template_config,
        "tags": origin.tags,
        "is_public": False,
        "parent_template_id": str(origin.id),
    }
    return create_template(work, fields)


def delete_template(work: Work, template_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete a template for good; cards made from it stay. Raises NotFound, Denied, Stale."""
    template = editable_template(work, template_id, expected)
    outdate_template(work, template)
    work.session.delete(template)
    record(work, "template.delete", template_id)
    work.session.flush()


def feature_template(work: Work, template_id: UUID, is_featured: bool) -> Template:
    """Put a template among the featured ones, or take it from there. Raises NotFound, Denied."""
    require(work.actor, may_curate(work.actor))
    template = get_template(work, template_id)
    record(work, "template.feature", template.id, {"is_featured": (template.is_featured, is_featured)})
    template.is_featured = is_featured
    outdate_template(work, template)
    template.updated_at = work.now
    work.session.flush()
    return template


def _set(work: Work, template: Template, values: dict[str, Any]) -> None:
    if values.get("is_premium") and not may_curate(work.actor):
        raise Denied("Premium templates are chosen by editors.")
    errors = []
    for name, find in (("category_id", get_category), ("parent_template_id", get_template)):
        if values.get(name) is None:
            continue
        try:
            find(work, values[name])
        except NotFound as missing:
            errors.append(FieldError(f"/{name}", missing.detail, "not_found"))
    refuse(errors)
    for name, value in values.items():
        setattr(template, name, {} if name == "template_config" and value is None else value)
    template.updated_at = work.now
    texts = (template.name, template.description, *template.tags)
    template.search_text = "\n".join(fold(text) for text in texts if text)
    outdate_template(work, template)


def _free_slug(work: Work, name: str) -> str:
    lock(work.session, "template slugs")
    stem_max = limits.SLUG_MAX - 8
    return free_slug(work.session, Template.slug, name, fallback="template", stem_max=stem_max)
