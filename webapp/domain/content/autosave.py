"""What a person has typed into an editor and not saved: kept for them alone, offered when they come back.

It is no draft and no revision: nobody else sees it, and nothing publishes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.content.policy import may_edit
from webapp.domain.jobs.registry import JobRun, handles
from webapp.kernel.db import Base, BoundedText, JsonDocument, UtcDateTime, is_storable, lock
from webapp.kernel.errors import FieldError, refuse
from webapp.kernel.work import Work, require

PLACE_MAX = 200
KEPT_FOR = timedelta(days=30)
SIZE_MAX = 400_000
"""Characters of all fields together; forms end at half a megabyte."""
PLACES_MAX = 100
"""Editors whose unsaved values one person may leave behind; the oldest are forgotten."""


class Autosave(Base):
    """The fields of one editor as text; ``place`` names it within the console."""

    __tablename__ = "content_autosaves"

    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[str] = mapped_column(BoundedText(PLACE_MAX), primary_key=True)
    texts: Mapped[dict[str, Any]] = mapped_column(JsonDocument)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


@dataclass(frozen=True, slots=True)
class Unsaved:
    """What was kept, and when."""

    texts: dict[str, str]
    saved_at: datetime


def keep_unsaved(work: Work, place: str, texts: Mapping[str, str]) -> None:
    """Keep the fields of an editor in place of what was kept of it before. Raises Invalid for too much."""
    require(work.actor, may_edit(work.actor) and work.actor.id is not None)
    assert work.actor.id is not None
    if sum(map(len, texts.values())) > SIZE_MAX or len(place) > PLACE_MAX:
        refuse([FieldError("", f"Must have at most {SIZE_MAX} characters.", "too_long")])
    if not all(map(is_storable, (place, *texts.values()))):
        refuse([FieldError("", "Contains characters that cannot be stored.", "invalid_characters")])
    lock(work.session, f"autosaves of {work.actor.id}")
    row = work.session.get(Autosave, (work.actor.id, place))
    if row is None:
        row = Autosave(user_id=work.actor.id, place=place)
        work.session.add(row)
    row.texts, row.saved_at = dict(texts), work.now
    work.session.flush()
    own = select(Autosave.place).where(Autosave.user_id == work.actor.id).order_by(Autosave.saved_at.desc())
    if surplus := work.session.scalars(own.offset(PLACES_MAX)).all():
        is_old = (Autosave.user_id == work.actor.id) & Autosave.place.in_(surplus)
        work.session.execute(delete(Autosave).where(is_old))


def find_unsaved(work: Work, place: str) -> Unsaved | None:
    """What the person has left behind in an editor, if anything."""
    require(work.actor, may_edit(work.actor))
    row = work.session.get(Autosave, (work.actor.id, place)) if is_storable(place) else None
    return None if row is None else Unsaved(row.texts, row.saved_at)


def forget_unsaved(work: Work, place: str) -> None:
    """It was saved, or is not wanted."""
    require(work.actor, may_edit(work.actor))
    own = (Autosave.user_id == work.actor.id) & (Autosave.place == place)
    work.session.execute(delete(Autosave).where(own))


@handles("content.forget_unsaved", every=timedelta(days=1))
def forget_old(run: JobRun) -> None:
    """Forget what people have not saved for long"""
    run.work.session.execute(delete(Autosave).where(Autosave.saved_at < run.work.now - KEPT_FOR))
