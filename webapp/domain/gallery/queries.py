"""Finding designs, as a reader or an editor sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import String, case, func, literal, or_, select, union_all

from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.models import OF_EDITION, ContentRevision, Edition
from webapp.domain.content.policy import may_see_drafts, require_reader
from webapp.domain.content.queries import get_entry
from webapp.domain.content.rows import dialect_of, fetch, is_live, present, with_columns
from webapp.domain.gallery.filters import Chosen, DesignFilters, choose
from webapp.domain.gallery.models import FACETS, DesignEdition, Favorite
from webapp.domain.gallery.policy import may_keep_favorites
from webapp.domain.gallery.views import PUBLISHED, STATUSES, DesignView, design_views
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import LIMIT_MAX, Page, PageRequest, SortKey, count, cut, window
from webapp.kernel.work import Work, require

MOST_WORDS_FIRST = (
    *("designer_name", "collection_name", "fabric", "colour", "style", "occasion", "category", "season"),
)
"""Facets by how few designs one of their values is likely to have."""
FACET_MAX = 50
"""How many values of a facet are counted: those that most designs have."""

PUBLISHED_ONLY = DesignFilters()
_KEPT = SortKey(Favorite.id, lambda row: row.id)


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of a column, as one of the designs writes it, and how many have it."""

    value: str
    count: int


def list_designs(
    work: Work, request: PageRequest, filters: DesignFilters = PUBLISHED_ONLY
) -> Page[DesignView]:
    """Designs. Raises Unauthenticated or Denied, Invalid."""
    require_reader(work, DESIGN, draft=filters.is_draft)
    chosen = choose(work, filters)
    descending, keys = chosen.order
    statement = chosen.select(*chosen.columns)
    total = count(work.session, chosen.select(literal(1)), request)
    rows = fetch(work, window(statement, request, keys, descending=descending))
    page = cut(rows, total, request, keys)
    ids = [row.edition_id for row in page.data]
    return replace(page, data=_views(work, ids, draft=filters.is_draft))


def list_design_ids(work: Work, filters: DesignFilters, limit: int = LIMIT_MAX) -> list[int]:
    """The ids of the first ``limit`` designs of a list."""
    require_reader(work, DESIGN, draft=filters.is_draft)
    chosen = choose(work, filters)
    columns = (DesignEdition.design_id, *chosen.columns)
    statement = window(
        chosen.select(*columns), PageRequest(limit), chosen.order[1], descending=chosen.order[0]
    )
    return [row[0] for row in fetch(work, statement)][:limit]


def count_facets(work: Work, filters: DesignFilters = PUBLISHED_ONLY) -> dict[str, list[FacetValue]]:
    """By facet its commonest values among the designs that all other filters let through."""
    require_reader(work, DESIGN, draft=filters.is_draft)
    chosen = choose(work, filters)
    counts = _counts(chosen).subquery()
    facets: dict[str, list[FacetValue]] = {name: [] for name in FACETS}
    for row in fetch(work, select(counts.c.facet, counts.c.number, _spelling(work, counts))):
        facets[row.facet].append(FacetValue(row.spelling, row.number))
    return {name: sorted(found, key=lambda each: -each.count) for name, found in facets.items()}


def count_featured(work: Work, filters: DesignFilters = PUBLISHED_ONLY) -> list[FacetValue]:
    """How many designs are featured (``true``) and are not, with all other filters."""
    require_reader(work, DESIGN, draft=filters.is_draft)
    either = choose(work, replace(filters, featured=None))
    if either.is_everything:  # indexes have both numbers
        every = _number(work, either.select(literal(1)))
        featured = _number(work, either.select(literal(1)).where(DesignEdition.rank > 0))
    else:
        both = either.select(func.count(), func.count(case((DesignEdition.rank > 0, 1))))
        every, featured = work.session.execute(both).one()
    return _values({"true": featured, "false": every - featured})


def count_statuses(work: Work, filters: DesignFilters = PUBLISHED_ONLY) -> list[FacetValue]:
    """How many designs have which status, with all other filters; any but published count where the filters
    are for editors."""
    require_reader(work, DESIGN, draft=filters.is_draft)
    lists = {
        status: choose(work, replace(filters, status=status)).select(literal(1))
        for status in (STATUSES if filters.is_draft else (PUBLISHED,))
    }
    return _values({status: _number(work, statement) for status, statement in lists.items()})


def get_design(work: Work, design_id: int) -> DesignView:
    """A design as it is published, and for editors the latest state of one that is not. Raises NotFound."""
    try:
        entry = get_entry(work, DESIGN, design_id)
    except NotFound:
        if not may_see_drafts(work.actor):
            raise
        entry = get_entry(work, DESIGN, design_id, draft=True)
    return design_views(work, [entry])[0]


def get_latest(work: Work, design_id: int) -> DesignView:
    """The latest state of a design, for editors. Raises NotFound."""
    return design_views(work, [get_entry(work, DESIGN, design_id, draft=True)])[0]


def list_favorites(work: Work, request: PageRequest) -> Page[DesignView]:
    """What the person keeps in mind of what is published, the last one first."""
    require(work.actor, may_keep_favorites(work.actor))
    statement: Any = (
        select(Favorite.id, DesignEdition.edition_id)
        .join(DesignEdition, DesignEdition.design_id == Favorite.design_id)
        .where(Favorite.user_id == work.actor.id, is_live(work.now, DesignEdition))
    )
    total = count(work.session, statement, request)
    page = cut(fetch(work, window(statement, request, (_KEPT,), descending=True)), total, request, (_KEPT,))
    return replace(page, data=_views(work, [row.edition_id for row in page.data], draft=False))


# --- the parts ------------------------------------------------------------------------------


def _views(work: Work, edition_ids: Sequence[int], *, draft: bool) -> list[DesignView]:
    """Editions in this order."""
    editions = select(Edition.id).where(Edition.id.in_(edition_ids))
    rows = fetch(work, with_columns(editions, draft=draft, dialect=dialect_of(work))) if edition_ids else []
    places = {edition_id: place for place, edition_id in enumerate(edition_ids)}
    rows = sorted(rows, key=lambda row: places[row.edition_id])
    return design_views(work, present(work, rows, draft=draft))


def _counts(chosen: Chosen) -> Any:
    """By facet the commonest values, in one statement.

    Where all designs are counted, each column's index has all that is needed. Otherwise the index of one
    filter finds what all others, or all but one of them, let through; that is kept aside (MATERIALIZED), for
    else a database may walk a whole index only to have its order. That filter's own facet is found apart.
    """
    if chosen.is_everything:
        return union_all(*(_counted(_columns(chosen, name), name) for name in FACETS))
    first = next((name for name in MOST_WORDS_FIRST if name in chosen.words), None)
    others = [name for name in chosen.words if name != first]
    columns = [getattr(DesignEdition, name) for name in FACETS]
    near = chosen.select(DesignEdition.edition_id, *columns, without=others)
    if others:
        near = near.where(or_(*(chosen.have([each for each in others if each != name]) for name in others)))
    found = near.cte("near").prefix_with("MATERIALIZED")
    counts = []
    for name in FACETS:
        if name == first:
            counts.append(_counted(_columns(chosen, name), name))
        else:
            words = [other for other in others if other != name]
            counts.append(_counted(found, name, chosen.have(words, found.c)))
    return union_all(*counts)


def _columns(chosen: Chosen, name: str) -> Any:
    found = chosen.select(DesignEdition.edition_id, getattr(DesignEdition, name), without=[name])
    if chosen.is_everything:
        return found.subquery()
    return found.cte(f"without_{name}").prefix_with("MATERIALIZED")


def _counted(source: Any, name: str, condition: Any = None) -> Any:
    column, number = source.c[name], func.count().label("number")
    sample = func.max(source.c.edition_id).label("sample")
    counted = select(literal(name).label("facet"), number, sample).where(column.is_not(None))
    if condition is not None:
        counted = counted.where(condition)
    counted = counted.group_by(column).order_by(number.desc(), column).limit(FACET_MAX)
    return select(counted.subquery())


def _spelling(work: Work, counts: Any) -> Any:
    """How the sample of a count writes its facet."""
    document, facet = ContentRevision.document, counts.c.facet
    if dialect_of(work) == "sqlite":
        written = func.json_extract(document, literal("$.") + facet, type_=String)
    else:
        written = func.json_extract_path_text(document, facet, type_=String)
    sample = select(written).join(Edition, OF_EDITION).where(Edition.id == counts.c.sample)
    return sample.correlate(counts).scalar_subquery().label("spelling")


def _number(work: Work, statement: Any) -> int:
    return count(work.session, statement, PageRequest())


def _values(numbers: dict[str, int]) -> list[FacetValue]:
    found = [FacetValue(value, number) for value, number in numbers.items() if number]
    return sorted(found, key=lambda each: -each.count)


def spellings(work: Work, edition_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The documents of some editions."""
    statement = select(Edition.id, ContentRevision.document).join(ContentRevision, OF_EDITION)
    found = fetch(work, statement.where(Edition.id.in_(set(edition_ids))))
    return {row.id: row.document for row in found}
