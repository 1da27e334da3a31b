"""What the gallery tells of a person: their favourites."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.accounts.own_data import Rows, columns, own_data
from webapp.domain.gallery.models import Favorite


@own_data("favorites", Favorite)
def favorites(session: Session, user_id: UUID) -> Rows:
    for favorite in session.scalars(select(Favorite).where(Favorite.user_id == user_id)):
        yield columns(favorite, "design_id", "created_at")
