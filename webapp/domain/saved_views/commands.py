"""Keep and forget views; everybody has their own."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from webapp.domain.audit.events import record
from webapp.domain.saved_views.models import NAME_MAX, PLACE_MAX, QUERY_MAX, VIEWS_MAX, SavedView
from webapp.kernel.db import is_storable, lock
from webapp.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound
from webapp.kernel.work import Work, require


def list_views(work: Work, place: str) -> list[SavedView]:
    """A person's views of one list, by name; there are no more than ``VIEWS_MAX``."""
    require(work.actor, work.actor.is_approved)
    own = SavedView.user_id == work.actor.id
    return list(
        work.session.scalars(select(SavedView).where(own, SavedView.place == place).order_by(SavedView.name))
    )


def save_view(work: Work, place: str, name: str, query: str) -> SavedView:
    """Keep a view; one of the same name is replaced. Raises Invalid, Conflict when there are too many."""
    require(work.actor, work.actor.is_approved)
    if work.actor.id is None:
        raise Denied("A view needs a person who keeps it")
    if errors := _errors(name, place, query):
        raise Invalid(errors)
    lock(work.session, f"saved_views {work.actor.id}")
    found = list_views(work, place)
    view = next((each for each in found if each.name == name), None)
    if view is None:
        if len(found) >= VIEWS_MAX:
            raise Conflict(f"You keep {VIEWS_MAX} views of this list already.", code="too_many_views")
        view = SavedView(user_id=work.actor.id, place=place, name=name, created_at=work.now)
        work.session.add(view)
    view.query = query
    work.session.flush()
    record(work, "view.save", view.id)
    return view


def delete_view(work: Work, view_id: UUID) -> SavedView:
    """Forget one's own view. Raises NotFound."""
    require(work.actor, work.actor.is_approved)
    view = work.session.get(SavedView, view_id)
    if view is None or view.user_id != work.actor.id:
        raise NotFound("There is no such view of yours.")
    record(work, "view.delete", view.id)
    work.session.delete(view)
    work.session.flush()
    return view


def _errors(name: str, place: str, query: str) -> list[FieldError]:
    errors = []
    if not name:
        errors.append(FieldError("/name", "Give the view a name.", "required"))
    elif len(name) > NAME_MAX:
        errors.append(FieldError("/name", f"Must have at most {NAME_MAX} characters.", "too_long"))
    elif not is_storable(name):
        errors.append(FieldError("/name", "Contains characters that cannot be stored.", "invalid_characters"))
    if len(place) > PLACE_MAX or len(query) > QUERY_MAX:
        errors.append(FieldError("/query", "These filters are too long to be kept.", "too_long"))
    return errors
