"""Slugs of names in any script, numbered where they are taken."""

from __future__ import annotations

from collections.abc import Collection

from slugify import slugify
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session


def is_slug(text: str, longest: int) -> bool:
    """Whether ``text`` could be the slug of a name, with ``longest`` characters at most."""
    return 0 < len(text) <= longest and slugify(text) == text


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
