"""Where images are used: each feature tells of its own, by the keys that stand in what it keeps."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, union_all
from sqlalchemy.orm import Session

from webapp.domain.media.keys import CATEGORIES, ENDINGS
from webapp.kernel.db import matches_in
from webapp.kernel.text import like_pattern

KEY = re.compile(
    rf"(?:{'|'.join(CATEGORIES)})/[0-9]{{4}}/[0-9]{{2}}/[0-9]{{14}}_[0-9a-f]{{32}}\.(?:{'|'.join(ENDINGS.values())})"
)


@dataclass(frozen=True, slots=True)
class Use:
    """That the image under ``object_key`` is in something; ``kind`` and ``id`` say in what."""

    object_key: str
    kind: str
    id: str
    label: str
    in_trash: bool = False


Teller = Callable[[Session, str], Iterable[Use]]
"""Tells of the uses of one key."""

_tellers: list[Teller] = []
_places: list[Select[Any]] = []


def tells_uses(*places: Select[Any]) -> Callable[[Teller], Teller]:
    """Have a feature's uses told; ``places`` are the columns where they stand, one in each statement."""

    def add(teller: Teller) -> Teller:
        _tellers.append(teller)
        _places.extend(places)
        return teller

    return add


def uses_of(session: Session, object_key: str) -> list[Use]:
    """Everything that an image is in, each thing once."""
    return list(dict.fromkeys(use for tell in _tellers for use in tell(session, object_key)))


def used_keys(session: Session) -> Select[str]:
    """The keys of all images that are in something. The database looks through all that may hold one."""
    found = ((place, place.selected_columns[0]) for place in _places)
    texts = (place.with_only_columns(cast(column, String)).where(holds(column)) for place, column in found)
    return matches_in(session.get_bind().dialect.name, union_all(*texts), KEY.pattern)


def holds(column: Any, object_key: str | None = None) -> ColumnElement[bool]:
    """Rows whose text may hold the key, or any key."""
    wanted = like_pattern(object_key) if object_key else "%/____/__/%"
    found: ColumnElement[bool] = cast(column, String).like(wanted, escape="\\")
    return found


def uses_in(
    kind: str,
    subject_id: object,
    label: str,
    texts: Iterable[Any],
    object_key: str,
    *,
    in_trash: bool = False,
) -> Iterator[Use]:
    """The uses in some texts or JSON values of one thing."""
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in texts if each)
    if object_key in KEY.findall(text):
        yield Use(object_key, kind, str(subject_id), label, in_trash)
