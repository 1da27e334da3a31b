"""Versions of a template: saved as drafts, published, restored, compared."""

from __future__ import annotations

import difflib
import json
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.audit.events import record
from webapp.domain.cards.caching import outdate_template
from webapp.domain.cards.liquid_code import parse
from webapp.domain.cards.models import CODE_MAX, NOTE_MAX, Card, Template, TemplateVersion
from webapp.domain.cards.moderation import await_review
from webapp.domain.cards.template_config import config_errors
from webapp.domain.cards.template_parts import NAMES, Parts, split_code
from webapp.domain.cards.template_pictures import have_picture
from webapp.domain.cards.template_queries import editable_template, get_version
from webapp.domain.content.fields import Text
from webapp.kernel.errors import refuse
from webapp.kernel.work import Work

CONTEXT = 3
"""Unchanged lines around each change of a comparison."""


def add_version(
    work: Work,
    template: Template,
    code: str,
    config: Mapping[str, Any],
    *,
    message: str | None = None,
    restored_from: int | None = None,
) -> TemplateVersion:
    """Write the next version down; whoever calls it decides whether it is live."""
    last = select(func.max(TemplateVersion.number)).where(TemplateVersion.template_id == template.id)
    version = TemplateVersion(
        template_id=template.id,
        number=(work.session.scalar(last) or 0) + 1,
        code=code,
        config=dict(config),
        message=message or None,
        restored_from=restored_from,
        author_id=work.actor.id,
        created_at=work.now,
    )
    template.latest_version = version.number
    work.session.add(version)
    work.session.flush()
    return version


def latest_version(work: Work, template: Template) -> TemplateVersion:
    """The version that was saved last, live or not. Raises NotFound, Denied."""
    return get_version(work, template.id, template.latest_version)


def save_draft(
    work: Work,
    template_id: UUID,
    code: str,
    config: Mapping[str, Any],
    *,
    message: str | None = None,
    expected: Container[str] | None = None,
) -> Template:
    """Save a version that no card is made of yet; nothing where nothing is different.

    Raises NotFound, Denied, Stale, Invalid.
    """
    template = editable_template(work, template_id, expected)
    errors = Text(CODE_MAX, minimum=1).read(code, "/template_code")[1] or parse(code)[1]
    errors = [*errors, *config_errors(config)]
    if message:
        errors += Text(NOTE_MAX, is_line=True).read(message, "/message")[1]
    refuse(errors)
    last = latest_version(work, template)
    if (split_code(last.code), last.config) == (split_code(code), dict(config)):
        return template
    version = add_version(work, template, code, config, message=message)
    template.updated_at = work.now
    record(work, "template.save_draft", template.id, {"latest_version": (last.number, version.number)})
    work.session.flush()
    return template


def publish_version(
    work: Work, template_id: UUID, number: int, *, expected: Container[str] | None = None
) -> Template:
    """Let cards be made of a version from now on; made ones stay. Raises NotFound, Denied, Stale."""
    template = editable_template(work, template_id, expected)
    version = get_version(work, template_id, number)
    record(work, "template.publish", template.id, {"version": (template.version, number)})
    template.template_code, template.template_config = version.code, version.config
    template.version = number
    have_picture(work, template)
    await_review(work, template)
    template.updated_at = work.now
    outdate_template(work, template)
    work.session.flush()
    return template


def restore_version(
    work: Work,
    template_id: UUID,
    number: int,
    *,
    publish: bool = True,
    expected: Container[str] | None = None,
) -> Template:
    """Make a new version with the code and fields of an older one. Raises NotFound, Denied, Stale."""
    template = editable_template(work, template_id, expected)
    old = get_version(work, template_id, number)
    version = add_version(work, template, old.code, old.config, restored_from=number)
    template.updated_at = work.now
    if publish:
        template.template_code, template.template_config = old.code, old.config
        template.version = version.number
        have_picture(work, template)
        await_review(work, template)
    outdate_template(work, template)
    record(work, "template.restore", template.id, {"latest_version": (version.number - 1, version.number)})
    work.session.flush()
    return template


def count_cards(work: Work, template_id: UUID) -> int:
    """How many cards that people still have were made of a template."""
    editable_template(work, template_id)
    made = select(func.count()).select_from(Card).where(Card.template_id == template_id)
    return work.session.scalar(made) or 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a comparison: ``kind`` is ``same``, ``added``, ``removed`` or ``gap``; with its numbers."""

    kind: str
    text: str
    before: int | None = None
    after: int | None = None


def compare(before: TemplateVersion, after: TemplateVersion) -> dict[str, list[Line]]:
    """What changed, by part (``html``, ``css``, ``js``, ``config``); parts without a change are left out."""
    old, new = _texts(before), _texts(after)
    return {name: list(_lines(old[name], new[name])) for name in old if old[name] != new[name]}


def _texts(version: TemplateVersion) -> dict[str, list[str]]:
    parts: Parts = split_code(version.code)
    texts = {name: getattr(parts, name).splitlines() for name in NAMES}
    config = json.dumps(version.config, indent=2, ensure_ascii=False, sort_keys=True)
    return {**texts, "config": config.splitlines()}


def _lines(before: list[str], after: list[str]) -> Iterator[Line]:
    groups = difflib.SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(CONTEXT)
    for number, group in enumerate(groups):
        if number or group[0][1]:
            yield Line("gap", "")
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                for offset in range(i2 - i1):
                    yield Line("same", before[i1 + offset], i1 + offset + 1, j1 + offset + 1)
                continue
            for line in range(i1, i2):
                yield Line("removed", before[line], before=line + 1)
            for line in range(j1, j2):
                yield Line("added", after[line], after=line + 1)
