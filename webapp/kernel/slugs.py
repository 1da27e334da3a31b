"""Slugs of names in any script, numbered where they are taken."""

from __future__ import annotations

from collections.abc import Collection

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from webapp.kernel.errors import FieldError


def is_slug(text: str, longest: int) -> bool:
    """Whether ``text`` could be the slug of a name, with ``longest`` characters at most."""
    return 0 < len(text) <= longest and slugify(text) == text


def slug_errors(text: str, longest: int, reserved: Collection[str] = ()) -> list[FieldError]:
    """What is wrong with a slug that somebody has chosen."""
    if is_slug(text, longest) and text not in reserved:
        return []
    return [FieldError("/slug", "Must be of a–z, 0–9 and hyphens.", "invalid_slug")]


def free_slug(
    session: Session,
    column: InstrumentedAttribute[str],
    name: str,
    *,
    fallback: str,
    stem_max: int,
    reserved: Collection[str] = (),
) -> str:
    """The slug of ``name``, or of ``fallback`` where nothing is left, that is neither taken nor reserved.

    ``stem_max`` leaves room for a number behind it. Whoever calls it holds a lock until the row is written.
    """
    stem = slugify(name, max_length=stem_max) or fallback
    taken = {*session.scalars(select(column).where(column.startswith(stem))), *reserved}
    if stem not in taken:
        return stem
    return next(slug for n in range(2, len(taken) + 3) if (slug := f"{stem}-{n}") not in taken)
