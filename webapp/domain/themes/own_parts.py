"""What themes tell of a person: which revisions they saved."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts.own_data import Rows, columns, own_data
from webapp.domain.themes.models import ThemeRevision


@own_data("theme_revisions", ThemeRevision)
def theme_revisions(session: Session, user_id: UUID) -> Rows:
    mine = select(ThemeRevision).where(ThemeRevision.author_id == user_id).order_by(ThemeRevision.id)
    for revision in session.scalars(mine):
        yield columns(revision, "theme_id", "number", "created_at")
