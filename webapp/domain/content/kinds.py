"""Kinds of data items: a name and a JSON Schema that their content keeps to."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Mapping
from typing import Any

from sqlalchemy import select

from webapp.domain.audit.events import named, record
from webapp.domain.content.conditions import Condition
from webapp.domain.content.content_types import KIND_MAX
from webapp.domain.content.fields import Text, unknown_fields
from webapp.domain.content.kind_schema import content_errors, schema_errors, type_at
from webapp.domain.content.models import LABEL_MAX, ContentRevision, Entry, Kind
from webapp.domain.content.policy import may_see_drafts, may_shape
from webapp.kernel.db import is_storable
from webapp.kernel.errors import Conflict, FieldError, Invalid, NotFound, refuse
from webapp.kernel.work import Work, check_unchanged, require

KINDS_MAX = 100
_NAME = re.compile(r"[a-z][a-z0-9-]*")


def list_kinds(work: Work) -> list[Kind]:
    """Every kind, by name; there are no more than ``KINDS_MAX``."""
    require(work.actor, may_see_drafts(work.actor))
    return list(work.session.scalars(select(Kind).order_by(Kind.name)))


def get_kind(work: Work, name: str) -> Kind:
    """One kind. Raises NotFound."""
    require(work.actor, may_see_drafts(work.actor))
    return _found(work, name)


def create_kind(work: Work, fields: Mapping[str, Any]) -> Kind:
    """Make a kind of ``name``, ``label`` and ``schema``. Raises Invalid, Conflict for a taken name."""
    require(work.actor, may_shape(work.actor))
    refuse([*_name_errors(fields.get("name")), *kind_errors(fields)])
    if work.session.get(Kind, fields["name"]) is not None:
        detail = "Kind with this name already exists"
        raise Conflict(detail, code="name_taken", errors=[FieldError("/name", detail, "taken")])
    if len(list_kinds(work)) >= KINDS_MAX:
        raise Conflict(f"There are {KINDS_MAX} kinds already.", code="too_many_kinds")
    kind = Kind(name=fields["name"], label=fields["label"].strip(), schema=fields["schema"])
    kind.created_at = kind.updated_at = work.now
    work.session.add(kind)
    record(work, "kind.create", kind.name, {"label": (None, kind.label)})
    work.session.flush()
    return kind


def update_kind(
    work: Work, name: str, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Kind:
    """Change label or schema; what is saved after it has to keep to it. Raises NotFound, Stale, Invalid."""
    require(work.actor, may_shape(work.actor))
    kind = _found(work, name)
    check_unchanged(kind.tag, expected)
    refuse([*kind_errors(changes, partial=True), *unknown_fields(changes, ("label", "schema"))])
    kind.label = changes.get("label", kind.label).strip()
    kind.schema = changes.get("schema", kind.schema)
    kind.updated_at = work.now
    record(work, "kind.change", kind.name, named(changes))
    work.session.flush()
    return kind


def delete_kind(work: Work, name: str, *, expected: Container[str] | None = None) -> None:
    """Delete a kind that no data item has. Raises NotFound, Stale, Conflict."""
    require(work.actor, may_shape(work.actor))
    kind = _found(work, name)
    check_unchanged(kind.tag, expected)
    latest = (ContentRevision.entry_id == Entry.id, ContentRevision.number == Entry.latest_number)
    used = select(Entry.id).join(ContentRevision, latest[0] & latest[1])
    used = used.where(ContentRevision.document["kind"].as_string() == name).limit(1)
    if work.session.scalar(used) is not None:
        raise Conflict("Data items are of this kind.", code="kind_in_use")
    record(work, "kind.delete", kind.name, {"label": (kind.label, None)})
    work.session.delete(kind)
    work.session.flush()


def check_kind(work: Work, document: Mapping[str, Any]) -> None:
    """Raise Invalid unless a document's content keeps to its kind, if it has one."""
    if (name := document.get("kind")) is None:
        return
    kind = work.session.get(Kind, name)
    refuse(kind_errors_of(kind.schema if kind else None, document))


def kind_errors_of(schema: Mapping[str, Any] | None, document: Mapping[str, Any]) -> list[FieldError]:
    """What is wrong with a document that is of a kind with ``schema``; None for a kind that is not there."""
    if schema is None:
        return [FieldError("/kind", "There is no such kind.", "invalid_choice")]
    return content_errors(schema, document["content"])


def read_conditions(work: Work, kind_name: str, sent: Mapping[str, str]) -> tuple[Condition, ...]:
    """Conditions on items of a kind, from texts by dotted path such as ``content.price``.

    Raises Invalid for a kind that is not there, a member that its schema declares as no text, number or truth
    value, and a text that means none.
    """
    kind = work.session.get(Kind, kind_name) if is_storable(kind_name) else None
    if kind is None:
        raise Invalid([FieldError("/query/kind", "There is no such kind.", "invalid_choice")])
    found, errors = [Condition(("kind",), kind_name)], []
    for name, text in sent.items():
        path = tuple(name.split("."))
        try:
            found.append(Condition(path, _value(type_at(kind.schema, path[1:]), text)))
        except ValueError as error:
            errors.append(FieldError(f"/query/{name}", str(error), "invalid_type"))
    refuse(errors)
    return tuple(found)


def kind_errors(fields: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """What is wrong with the label and the schema of a kind."""
    errors = []
    if "label" in fields or not partial:
        errors += Text(LABEL_MAX, minimum=1, is_line=True).read(fields.get("label"), "/label")[1]
    if "schema" in fields or not partial:
        errors += schema_errors(fields.get("schema"))
    return errors


def _name_errors(name: Any) -> list[FieldError]:
    if isinstance(name, str) and len(name) <= KIND_MAX and _NAME.fullmatch(name):
        return []
    detail = f"Must be 1 to {KIND_MAX} of a–z, 0–9 and hyphens, with a letter first."
    return [FieldError("/name", detail, "invalid_slug")]


def _value(kind: str | None, text: str) -> str | int | float | bool:
    if kind is None:
        raise ValueError("The kind declares no text, number or truth value here.")
    if kind == "string" and is_storable(text):
        return text
    if kind == "boolean" and text in ("true", "false"):
        return text == "true"
    if kind in ("integer", "number"):
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if math.isfinite(number):
            return int(number) if number.is_integer() and abs(number) < 2**53 else number
    raise ValueError(f"Must be of type {kind}.")


def _found(work: Work, name: str) -> Kind:
    kind = work.session.get(Kind, name) if len(name) <= KIND_MAX and is_storable(name) else None
    if kind is None:
        raise NotFound("Kind not found")
    return kind
