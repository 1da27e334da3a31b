"""What is done with designs beyond what is done with all content: GALLERY's statuses, favourites, order."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update

from webapp.domain.accounts.departures import before_departure
from webapp.domain.accounts.models import User
from webapp.domain.audit.events import record
from webapp.domain.content.commands import create_entry, update_entry
from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.editing import locked_entry
from webapp.domain.content.policy import may_edit
from webapp.domain.content.publication import unpublish_entry
from webapp.domain.gallery.models import Design, DesignEdition, Favorite
from webapp.domain.gallery.policy import may_keep_favorites
from webapp.domain.gallery.queries import get_design, get_latest
from webapp.domain.gallery.views import ARCHIVED, DRAFT, PUBLISHED, DesignView
from webapp.kernel.db import INT_MAX
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.work import Work, require

ARRANGED_MAX = 500
"""How many featured designs stand in an order of their own."""


def create_design(
    work: Work, fields: Mapping[str, Any], *, status: str = PUBLISHED, message: str | None = None
) -> DesignView:
    """Create a design from its fields. Raises Invalid with every wrong field."""
    archived = {"archived": True} if status == ARCHIVED else {}
    draft = status != PUBLISHED
    entry = create_entry(work, DESIGN, {**fields, **archived}, draft=draft, message=message)
    return get_latest(work, entry.entry_id)


def update_design(
    work: Work,
    design_id: int,
    changes: Mapping[str, Any],
    *,
    status: str | None = None,
    draft: bool = False,
    expected: Container[str] | None = None,
    message: str | None = None,
) -> DesignView:
    """Change the fields that are sent. A published design stays published in its new state, a draft stays a
    draft, unless ``status`` says otherwise; ``draft`` saves beside what is published.

    Raises NotFound, Stale, Invalid.
    """
    require(work.actor, may_edit(work.actor))
    is_live = locked_entry(work, DESIGN, design_id).standing.settled(work.now).live is not None
    wanted = status or (PUBLISHED if is_live else None)
    if status is not None:
        changes = {**changes, "archived": True if status == ARCHIVED else None}
    update_entry(
        work,
        DESIGN,
        design_id,
        changes,
        draft=draft or wanted != PUBLISHED,
        expected=expected,
        message=message,
    )
    if is_live and wanted in (DRAFT, ARCHIVED):
        unpublish_entry(work, DESIGN, design_id)
    return get_latest(work, design_id)


def set_favorite(work: Work, design_id: int, wanted: bool) -> tuple[bool, int]:
    """Keep a design in mind, or no longer; asking again changes nothing. Answers whether it is a favourite
    now, and of how many people. Raises NotFound."""
    require(work.actor, may_keep_favorites(work.actor))
    get_design(work, design_id)
    taken = select(Design).where(Design.id == design_id).with_for_update()
    design = work.session.scalars(taken.execution_options(populate_existing=True)).one()
    mine = (Favorite.design_id == design_id, Favorite.user_id == work.actor.id)
    is_kept = work.session.scalar(select(Favorite.id).where(*mine)) is not None
    if is_kept is not wanted:
        if wanted:
            work.session.add(Favorite(design_id=design_id, user_id=work.actor.id, created_at=work.now))
        else:
            work.session.execute(delete(Favorite).where(*mine))
        design.like_count += 1 if wanted else -1
        work.session.flush()
        _copy(work, design_id, like_count=design.like_count)
        record(work, "designs.favorite" if wanted else "designs.unfavorite", design_id)
    return wanted, design.like_count


@before_departure
def forget_favorites(work: Work, user_id: UUID) -> None:
    """Count a person's favourites no longer."""
    work.session.execute(select(User.id).where(User.id == user_id).with_for_update())  # none come after this
    kept = select(Favorite.design_id).where(Favorite.user_id == user_id)
    for table, key in ((Design, Design.id), (DesignEdition, DesignEdition.design_id)):
        fewer = update(table).where(key.in_(kept)).values(like_count=table.like_count - 1)
        work.session.execute(fewer, execution_options={"synchronize_session": False})
    work.session.execute(delete(Favorite).where(Favorite.user_id == user_id))


def arrange_featured(work: Work, design_ids: Sequence[int]) -> None:
    """Let featured designs stand in this order, in front of those that are not named. Raises Invalid."""
    require(work.actor, may_edit(work.actor))
    ids = list(dict.fromkeys(design_ids))
    if len(ids) > ARRANGED_MAX or not all(0 < each <= INT_MAX for each in ids):
        raise Invalid([FieldError("/ids", f"At most {ARRANGED_MAX} ids.", "out_of_range")])
    work.session.execute(update(Design).where(Design.position > 0).values(position=0))
    work.session.execute(update(DesignEdition).where(DesignEdition.rank > 1).values(rank=1))
    for position, design_id in enumerate(reversed(ids), 2):
        work.session.execute(update(Design).where(Design.id == design_id).values(position=position))
        featured = (DesignEdition.design_id == design_id, DesignEdition.rank > 0)
        work.session.execute(update(DesignEdition).where(*featured).values(rank=position))
    record(work, "designs.arrange", "featured", {"ids": (None, ids)})


def _copy(work: Work, design_id: int, **numbers: int) -> None:
    """The numbers of a design in the rows by which it is listed."""
    rows = update(DesignEdition).where(DesignEdition.design_id == design_id)
    work.session.execute(rows.values(**numbers))
