"""Which designs a list holds, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, not_, or_, select, true
from sqlalchemy.orm import aliased

from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.rows import is_live, is_shown
from webapp.domain.content.search import editions_with
from webapp.domain.gallery.models import DesignEdition
from webapp.domain.gallery.projection import word
from webapp.domain.gallery.views import ARCHIVED, PUBLISHED
from webapp.domain.media.colors import images_near
from webapp.domain.themes.color import ColorError, hex_of, parse
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import SortKey
from webapp.kernel.work import Work

ALL = "all"
"""Every status."""


def _key(name: str, column: Any = None) -> SortKey:
    return SortKey(getattr(DesignEdition, name) if column is None else column, lambda row: getattr(row, name))


_AGE = _key("design_id")
SORTS: dict[str, tuple[bool, tuple[SortKey, ...]]] = {
    "newest": (True, (_AGE,)),
    "oldest": (False, (_AGE,)),
    "most_viewed": (True, (_key("view_count"), _AGE)),
    "most_liked": (True, (_key("like_count"), _AGE)),
    "title": (False, (_key("headline"), _AGE)),
    "featured": (True, (_key("rank"), _AGE)),
}
"""The orders of a list: descending?, and by which values. Ids follow the order of creation."""


@dataclass(frozen=True, slots=True)
class DesignFilters:
    """``words`` are values by facet, without regard to case. ``near_colour`` is any CSS colour; without a
    ``sort`` the nearest is then first. Any ``status`` but published is for editors."""

    q: str | None = None
    words: dict[str, str] = field(default_factory=dict)
    featured: bool | None = None
    status: str = PUBLISHED
    near_colour: str | None = None
    sort: str | None = None

    @property
    def is_draft(self) -> bool:
        """Whether latest states are listed, not what is published."""
        return self.status != PUBLISHED


@dataclass(frozen=True, slots=True)
class Chosen:
    """The conditions of a list: ``fixed`` ones, and a word by facet, so that counts can leave one out."""

    fixed: tuple[ColumnElement[bool], ...]
    words: dict[str, str | None]
    order: tuple[bool, tuple[SortKey, ...]]
    near: Any = None

    def select(self, *columns: Any, without: Collection[str] = ()) -> Select[Any]:
        """The designs, with the words of all facets but those ``without``."""
        statement = select(*columns).select_from(DesignEdition)
        if self.near is not None:
            statement = statement.join(self.near, self.near.c.media_id == DesignEdition.media_id)
        return statement.where(*self.fixed, self.have([name for name in self.words if name not in without]))

    def have(self, names: Iterable[str], source: Any = None) -> ColumnElement[bool]:
        """Whether designs, or the rows of the columns ``source``, have the words of these facets."""
        columns = ((name, getattr(DesignEdition if source is None else source, name)) for name in names)
        return and_(true(), *(column == self.words[name] for name, column in columns))

    @property
    def is_everything(self) -> bool:
        """Whether nothing but the status is asked for."""
        return not self.words and len(self.fixed) == 1 and self.near is None

    @property
    def columns(self) -> Sequence[Any]:
        """What a page's rows need: the edition, and the values of the order."""
        return (DesignEdition.edition_id, *(key.column for key in self.order[1]))


def choose(work: Work, filters: DesignFilters) -> Chosen:
    """Turn filters into conditions. Raises Invalid for ``/query/near_colour``."""
    fixed = [_has_status(filters.status, work.now)]
    if filters.featured is not None:
        fixed.append(DesignEdition.rank > 0 if filters.featured else DesignEdition.rank == 0)
    if filters.q and filters.q.strip():
        found = editions_with(work, DESIGN, filters.q, draft=filters.is_draft)
        fixed.append(DesignEdition.edition_id.in_(found))
    near = None
    order = SORTS[filters.sort or "newest"]
    if filters.near_colour is not None:
        near = images_near(_hex(filters.near_colour)).subquery()
        if filters.sort is None:
            order = (False, (_key("distance", near.c.distance), _AGE))
    words = {name: word(text) for name, text in filters.words.items()}
    return Chosen(tuple(fixed), words, order, near)


def _has_status(status: str, now: Any) -> ColumnElement[bool]:
    if status == PUBLISHED:
        return is_live(now, DesignEdition)
    latest = is_shown(now, draft=True, edition=DesignEdition)
    if status == ALL:
        return latest
    other = aliased(DesignEdition)
    shown = exists().where(other.design_id == DesignEdition.design_id, is_live(now, other))
    archived = DesignEdition.is_archived
    hidden = and_(latest, _is_hidden(now), not_(shown))
    return and_(hidden, archived if status == ARCHIVED else not_(archived))


def _is_hidden(now: Any) -> ColumnElement[bool]:
    """Whether readers do not see an edition itself, which is quicker to say than whether they see another."""
    since, until = DesignEdition.live_from, DesignEdition.live_until
    return or_(since.is_(None), since > now, until <= now)


def _hex(color: str) -> str:
    try:
        return hex_of(parse(color).rgb)
    except ColorError as error:
        raise Invalid([FieldError("/query/near_colour", error.detail, error.code)]) from None
