"""Values inside documents that a list is filtered by, in the words of each database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Text, and_, bindparam, cast, exists, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from webapp.domain.content.models import ContentRevision, Edition


@dataclass(frozen=True, slots=True)
class Condition:
    """The member at ``path`` of a document is ``value``."""

    path: tuple[str, ...]
    value: str | int | float | bool


_REVISION = aliased(ContentRevision)


def document_holds(count: int, dialect: str) -> ColumnElement[bool]:
    """An edition's document holds ``count`` values; see :func:`condition_values`."""
    here = and_(_REVISION.entry_id == Edition.entry_id, _REVISION.number == Edition.number)
    return exists().where(here, *(_holds(number, dialect) for number in range(count)))


def condition_values(conditions: Sequence[Condition], dialect: str) -> dict[str, Any]:
    """The values that go into ``document_holds``."""
    values: dict[str, Any] = {}
    for number, condition in enumerate(conditions):
        values[f"path_{number}"] = _path(condition.path, dialect)
        is_text = dialect == "postgresql"
        values[f"value_{number}"] = json.dumps(condition.value) if is_text else condition.value
    return values


def _holds(number: int, dialect: str) -> ColumnElement[bool]:
    path, value = f"path_{number}", f"value_{number}"
    if dialect == "sqlite":
        found: ColumnElement[Any] = func.json_extract(_REVISION.document, bindparam(path))
        return found == bindparam(value)
    found = cast(_REVISION.document, JSONB).op("#>")(cast(bindparam(path), ARRAY(Text)))
    return found == cast(bindparam(value, type_=Text), JSONB)


def _path(path: tuple[str, ...], dialect: str) -> Any:
    if dialect != "sqlite":
        return list(path)
    return "$" + "".join(f".{json.dumps(step, ensure_ascii=False)}" for step in path)
