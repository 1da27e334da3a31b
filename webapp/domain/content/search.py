"""Searching entries: first for the phrase, and only if nothing holds it for its words, by rank.

SQLite's FTS5 and PostgreSQL's GIN indexes only find; folding, words and rank are ours, so that both
databases answer alike in every script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, cast, column, func, literal, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.models import Edition
from webapp.domain.content.policy import may_see_drafts
from webapp.domain.content.rows import dialect_of, fetch, is_shown, present, with_columns
from webapp.domain.content.search_words import words
from webapp.domain.content.views import EntryView
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import Page, PageRequest, SortKey, cut, window
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work, require

TOTAL_MAX = 10_000
"""Totals of searches end here: counting more costs time and tells nobody anything."""

RANKED_MAX = 500
"""How many entries are ranked: those saved last among all that have the words."""

TRIGRAM = 3
"""FTS5's trigram index knows nothing shorter."""

_PHRASES = table("content_search_phrases", column("rowid"))
_WORDS = table("content_search_words", column("rowid"))
_BY_PHRASE, _BY_RANK = "phrase", "rank"


def search_entries(
    work: Work, content_type: ContentType, q: str, request: PageRequest, *, draft: bool = False
) -> Page[EntryView]:
    """Entries whose headline or description holds ``q`` without regard to case, those saved last first.

    If there are none: entries with any of its words (or words that begin so), those with most of them first.
    """
    if draft:
        require(work.actor, may_see_drafts(work.actor))
    mode, after = _position(request)
    request = replace(request, after=after)
    if mode != _BY_RANK:
        found, newest = _holding_phrase(work, content_type, fold(q), draft=draft)
        if mode == _BY_PHRASE or work.session.execute(found.limit(1)).first() is not None:
            return _phrase_page(work, found, newest, request, draft=draft)
    return _ranked_page(work, content_type, q, request, draft=draft)


def _position(request: PageRequest) -> tuple[str | None, tuple[Any, ...] | None]:
    match request.after:
        case None:
            return None, None
        case (mode, int(value)) if mode in (_BY_PHRASE, _BY_RANK):
            return mode, (value,)
    raise Invalid([FieldError("/query/cursor", "Not a cursor of this list.", "invalid_cursor")])


# --- the phrase -----------------------------------------------------------------------------


def _holding_phrase(
    work: Work, content_type: ContentType, phrase: str, *, draft: bool
) -> tuple[Select[Any], SortKey]:
    """The editions that hold ``phrase``, and the key that puts them in the order in which they were saved."""
    statement = _shown(work, content_type, draft=draft)
    if dialect_of(work) == "sqlite" and len(phrase) >= TRIGRAM:
        quoted = '"' + phrase.replace('"', '""') + '"'
        statement = statement.join(_PHRASES, _PHRASES.c.rowid == Edition.id)
        return statement.where(_matches(_PHRASES.name, quoted)), _saved(_PHRASES.c.rowid)
    condition = Edition.search_text.like(like_pattern(phrase), escape="\\")
    return statement.where(condition), _saved(Edition.id)


def _phrase_page(
    work: Work, found: Select[Any], newest: SortKey, request: PageRequest, *, draft: bool
) -> Page[EntryView]:
    columns = with_columns(found, draft=draft, dialect=dialect_of(work))
    rows = fetch(work, window(columns, request, (newest,), descending=True))
    total = 0
    if request.counted:
        some = found.with_only_columns(literal(1)).limit(TOTAL_MAX).subquery()
        total = work.session.scalar(select(func.count()).select_from(some)) or 0
    page = cut(rows, total, request, (newest,))
    after = None if page.next_after is None else (_BY_PHRASE, *page.next_after)
    return replace(page, data=present(work, page.data, draft=draft), next_after=after)


# --- the words ------------------------------------------------------------------------------


class _Candidate(NamedTuple):
    """An edition that has some of the words."""

    id: int
    headline: str
    words: str


def _ranked_page(
    work: Work, content_type: ContentType, q: str, request: PageRequest, *, draft: bool
) -> Page[EntryView]:
    """A page of the ranked list; its cursor is a position, since ranks are worked out anew each time."""
    wanted = list(dict.fromkeys(words(q)))
    ranked = rank(wanted, _candidates(work, content_type, wanted, draft=draft))
    start = request.skip if request.after is None else request.after[0]
    chosen = ranked[start : start + request.limit]
    found = select(Edition.id).where(Edition.id.in_(chosen))
    columns = with_columns(found, draft=draft, dialect=dialect_of(work))
    rows = {row.edition_id: row for row in fetch(work, columns)}
    data = present(work, [rows[edition_id] for edition_id in chosen if edition_id in rows], draft=draft)
    end = start + request.limit
    after = (_BY_RANK, end) if end < len(ranked) else None
    return Page(data, len(ranked), replace(request, skip=start), after)


def rank(wanted: Sequence[str], candidates: Sequence[tuple[int, str, str]]) -> list[int]:
    """The ids of ``(id, headline, words)`` by how many of the wanted words they have, then how many in
    the headline, then how many letter by letter; among equals the one saved last is first."""

    def score(candidate: tuple[int, str, str]) -> tuple[int, int, int, int]:
        edition_id, headline, text = candidate
        present_words, title_words = set(text.replace("'", "").split()), set(words(headline))
        return (
            sum(_has(present_words, word) for word in wanted),
            sum(_has(title_words, word) for word in wanted),
            sum(word in present_words for word in wanted),
            edition_id,
        )

    return [candidate[0] for candidate in sorted(candidates, key=score, reverse=True)]


def _has(there: set[str], beginning: str) -> bool:
    return beginning in there or any(word.startswith(beginning) for word in there)


def _candidates(
    work: Work, content_type: ContentType, wanted: Sequence[str], *, draft: bool
) -> list[_Candidate]:
    """Editions with all of the words, filled up with those that have any of them."""
    found: dict[int, _Candidate] = {}
    if not wanted:
        return []
    for operator in ("AND", "OR"):
        statement = _having_words(work, content_type, wanted, operator, draft=draft)
        for row in work.session.execute(statement.limit(RANKED_MAX)):
            found.setdefault(row[0], _Candidate(*row))
        if len(found) >= RANKED_MAX or len(wanted) == 1:
            break
    return list(found.values())[:RANKED_MAX]


def _having_words(
    work: Work, content_type: ContentType, wanted: Sequence[str], operator: str, *, draft: bool
) -> Select[int, str, str]:
    statement = _shown(work, content_type, draft=draft).with_only_columns(
        Edition.id, Edition.headline, Edition.search_words
    )
    if dialect_of(work) == "sqlite":
        query = f" {operator} ".join(f'"{word}"*' for word in wanted)
        statement = statement.join(_WORDS, _WORDS.c.rowid == Edition.id)
        return statement.where(_matches(_WORDS.name, query)).order_by(_WORDS.c.rowid.desc())
    query = {"AND": " & ", "OR": " | "}[operator].join(f"'{word}':*" for word in wanted)
    condition = Edition.search_words.op("@@")(cast(query, TSQUERY))
    return statement.where(condition).order_by(Edition.id.desc())


# --- the parts ------------------------------------------------------------------------------


def _shown(work: Work, content_type: ContentType, *, draft: bool) -> Select[Any]:
    return select(Edition.id).where(Edition.type == content_type.name, is_shown(work.now, draft=draft))


def _saved(key: Any) -> SortKey:
    return SortKey(key, lambda row: row.edition_id)


def _matches(name: str, query: str) -> ColumnElement[bool]:
    """FTS5's own operator, on the hidden column that has the name of the table."""
    return literal_column(f"{name}.{name}").op("MATCH")(literal(query))
