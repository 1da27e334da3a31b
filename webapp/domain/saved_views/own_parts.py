"""What saved views tell of a person."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts.own_data import Rows, columns, own_data
from webapp.domain.saved_views.models import SavedView


@own_data("saved_views", SavedView)
def saved_views(session: Session, user_id: UUID) -> Rows:
    for view in session.scalars(select(SavedView).where(SavedView.user_id == user_id)):
        yield columns(view, "id", "place", "name", "query", "created_at")
