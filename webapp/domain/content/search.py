"""Searching entries: first for the phrase, and only if nothing holds it for its words, by rank.

SQLite's FTS5 and PostgreSQL's GIN indexes only find; folding, words and rank are ours, so that both
databases answer alike in every script.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    String,
    TableClause,
    and_,
    bindparam,
    cast,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.models import Edition
from webapp.domain.content.policy import require_reader
from webapp.domain.content.rows import dialect_of, fetch, is_shown, present, with_columns
from webapp.domain.content.search_words import words
from webapp.domain.content.views import EntryView
from webapp.kernel.compiled import CompiledStatement
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.paging import Page, PageRequest, SortKey, cut, ordered, windowed
from webapp.kernel.text import fold, like_pattern
from webapp.kernel.work import Work

TOTAL_MAX = 10_000
"""Totals of searches end here: counting more costs time and tells nobody anything."""

RANKED_MAX = 500
"""How many entries are ranked: those saved last among all that have the words."""

WINDOW = 5_000
"""How many editions that were saved last are looked through before an index is asked."""

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
    require_reader(work, content_type, draft=draft)
    mode, after = _position(request)
    request = replace(request, after=after)
    if mode != _BY_RANK:
        phrase = _Phrase.of(work, content_type, q, draft=draft)
        page = phrase.page(work, request)
        if page.data or mode == _BY_PHRASE or (request.skip and phrase.page(work, PageRequest(1)).data):
            return page
    return _ranked_page(work, content_type, q, request, draft=draft)


def editions_with(
    work: Work, content_type: ContentType, q: str, *, draft: bool = False
) -> Select[int] | list[int]:
    """The ids of the editions that a search finds, to be filtered further: all that hold the phrase, or else
    some that have all of its words, or else any."""
    phrase = _Phrase.of(work, content_type, q, draft=draft)
    holding = _holding_phrase(draft, phrase.is_indexed).params(phrase.values)
    if work.session.scalar(holding.limit(1)) is not None:
        return holding
    wanted = list(dict.fromkeys(words(q)))
    for operator in ("AND", "OR") if wanted else ():
        if found := _having(work, content_type, wanted, operator, RANKED_MAX, draft=draft):
            return [edition_id for edition_id, _, _ in found]
    return []


def _position(request: PageRequest) -> tuple[str | None, tuple[Any, ...] | None]:
    match request.after:
        case None:
            return None, None
        case (mode, int(value)) if mode in (_BY_PHRASE, _BY_RANK):
            return mode, (value,)
    raise Invalid([FieldError("/query/cursor", "Not a cursor of this list.", "invalid_cursor")])


# --- the phrase -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A search for a phrase: by SQLite's index where it is long enough, else by LIKE, which PostgreSQL's
    index serves."""

    dialect: str
    draft: bool
    is_indexed: bool
    values: dict[str, Any]

    @classmethod
    def of(cls, work: Work, content_type: ContentType, q: str, *, draft: bool) -> _Phrase:
        dialect, phrase = dialect_of(work), fold(q)
        is_indexed = dialect == "sqlite" and len(phrase) >= TRIGRAM
        quoted = '"' + phrase.replace('"', '""') + '"'
        found = quoted if is_indexed else like_pattern(phrase)
        return cls(dialect, draft, is_indexed, {"now": work.now, "type": content_type.name, "q": found})

    def page(self, work: Work, request: PageRequest) -> Page[EntryView]:
        after = request.after
        values = {
            **self.values,
            "after": after and after[0],
            "skip": 0 if after else request.skip,
            "limit": request.limit + 1,
        }
        skips = values["skip"] > 0
        statement = _phrase_page(self.dialect, self.draft, self.is_indexed, after is not None, skips)
        rows = statement.rows(work.session, values)
        is_whole = after is None and not skips and len(rows) <= request.limit
        total = len(rows) if request.counted and is_whole else 0
        if request.counted and rows and not is_whole:
            total = _phrase_count(self.draft, self.is_indexed).rows(work.session, values)[0][0]
        page = cut(rows, total, request, (_SAVED,))
        position = None if page.next_after is None else (_BY_PHRASE, *page.next_after)
        return replace(page, data=present(work, page.data, draft=self.draft), next_after=position)


_SAVED = SortKey(Edition.id, lambda row: row.edition_id)
_SAVED_IN_INDEX = SortKey(_PHRASES.c.rowid, lambda row: row.edition_id)


@lru_cache
def _phrase_page(
    dialect: str, draft: bool, is_indexed: bool, is_after: bool, skips: bool
) -> CompiledStatement:
    statement = with_columns(_holding_phrase(draft, is_indexed), draft=draft, dialect=dialect)
    key = _SAVED_IN_INDEX if is_indexed else _SAVED
    statement = ordered(
        statement, (key,), tuple_(bindparam("after", type_=Integer)) if is_after else None, descending=True
    )
    return CompiledStatement(windowed(statement, skips=skips))


@lru_cache
def _phrase_count(draft: bool, is_indexed: bool) -> CompiledStatement:
    some = _holding_phrase(draft, is_indexed).with_only_columns(literal(1)).limit(TOTAL_MAX).subquery()
    return CompiledStatement(select(func.count()).select_from(some))


def _holding_phrase(draft: bool, is_indexed: bool) -> Select[Any]:
    statement, q = _shown(draft), _q()
    if is_indexed:
        statement = statement.join(_PHRASES, _found_by(_PHRASES))
        return statement.where(_matches(_PHRASES.name, q))
    return statement.where(Edition.search_text.like(q, escape="\\"))


# --- the words ------------------------------------------------------------------------------

Candidate = tuple[int, str, str]
"""The id of an edition, its headline, and its words divided by spaces."""


def _ranked_page(
    work: Work, content_type: ContentType, q: str, request: PageRequest, *, draft: bool
) -> Page[EntryView]:
    """A page of the ranked list; its cursor is a position, since ranks are worked out anew each time."""
    wanted = list(dict.fromkeys(words(q)))
    ranked = rank(wanted, _candidates(work, content_type, wanted, draft=draft))
    start = request.skip if request.after is None else request.after[0]
    end = start + request.limit
    chosen = ranked[start:end]
    statement = _chosen(dialect_of(work), draft)
    rows = {row.edition_id: row for row in fetch(work, statement, {"ids": chosen})} if chosen else {}
    data = present(work, [rows[edition_id] for edition_id in chosen if edition_id in rows], draft=draft)
    after = (_BY_RANK, end) if end < len(ranked) else None
    return Page(data, len(ranked), replace(request, skip=start), after)


def rank(wanted: Sequence[str], candidates: Sequence[Candidate]) -> list[int]:
    """The ids of candidates by how many of the wanted words they have, then how many in the headline, then
    how many letter by letter; among equals the one saved last is first."""

    def score(candidate: Candidate) -> tuple[int, int, int, int]:
        edition_id, headline, text = candidate
        return (
            sum(f" {word}" in text for word in wanted),
            sum(word in headline for word in wanted),
            sum(f" {word} " in text for word in wanted),
            edition_id,
        )

    return [candidate[0] for candidate in sorted(candidates, key=score, reverse=True)]


def _candidates(
    work: Work, content_type: ContentType, wanted: Sequence[str], *, draft: bool
) -> list[Candidate]:
    """Editions with all of the words, filled up with those that have any of them."""
    found: dict[int, Candidate] = {}
    for operator in ("AND", "OR") if len(wanted) > 1 else ("AND",) if wanted else ():
        most = RANKED_MAX - len(found)
        for candidate in _having(work, content_type, wanted, operator, most, draft=draft):
            found.setdefault(candidate[0], candidate)
        if len(found) >= RANKED_MAX:
            break
    return list(found.values())


def _having(
    work: Work, content_type: ContentType, wanted: Sequence[str], operator: str, most: int, *, draft: bool
) -> list[Candidate]:
    """The editions saved last, at ``most``, with all (AND) or any (OR) of the words.

    Indexes collect all that have a word before the last can be told, which takes long for common words: these
    are found sooner among the editions that were saved last.
    """
    is_sqlite = dialect_of(work) == "sqlite"
    query = _words_query(wanted, operator, is_sqlite)
    parts = {f"word_{number}": f" {word}" for number, word in enumerate(wanted)}
    values = {"now": work.now, "type": content_type.name, "q": query, "most": most, **parts}
    newest = _newest_with(len(wanted), operator, draft, is_sqlite)
    rows = newest.rows(work.session, {**values, "window": WINDOW})
    if len(rows) < most:
        rows = _having_words(draft, is_sqlite).rows(work.session, values)
    return [
        # PostgreSQL writes its lexemes in quotes.
        (edition_id, headline, f" {text} ".replace("'", ""))
        for edition_id, headline, text in rows
    ]


def _words_query(wanted: Sequence[str], operator: str, is_sqlite: bool) -> str:
    """Words that begin so, all (AND) or any (OR) of them; words hold no sign that a query knows."""
    if is_sqlite:
        return f" {operator} ".join(f'"{word}"*' for word in wanted)
    return {"AND": " & ", "OR": " | "}[operator].join(f"'{word}':*" for word in wanted)


@lru_cache
def _newest_with(count: int, operator: str, draft: bool, is_sqlite: bool) -> CompiledStatement:
    """Of the ``window`` editions saved last, those with ``count`` words, without an index of words."""
    last = select(func.max(Edition.id) - bindparam("window", type_=Integer)).scalar_subquery()
    statement = _all_candidates(draft).where(Edition.id > last)
    if is_sqlite:
        text = literal(" ") + cast(Edition.search_words, String)
        has = [func.instr(text, bindparam(f"word_{number}")) > 0 for number in range(count)]
        statement = statement.where(and_(*has) if operator == "AND" else or_(*has))
    else:
        statement = statement.where(_has_words())
    return CompiledStatement(statement.order_by(Edition.id.desc()))


@lru_cache
def _having_words(draft: bool, is_sqlite: bool) -> CompiledStatement:
    statement = _all_candidates(draft)
    if is_sqlite:
        statement = statement.join(_WORDS, _found_by(_WORDS))
        found = statement.where(_matches(_WORDS.name, _q())).order_by(_WORDS.c.rowid.desc())
    else:
        found = statement.where(_has_words()).order_by(Edition.id.desc())
    return CompiledStatement(found)


def _all_candidates(draft: bool) -> Select[int, str, str]:
    columns = (Edition.id, Edition.headline, Edition.search_words)
    return _shown(draft).with_only_columns(*columns).limit(bindparam("most"))


def _has_words() -> ColumnElement[bool]:
    """On PostgreSQL."""
    return Edition.search_words.op("@@")(cast(_q(), TSQUERY))


@lru_cache
def _chosen(dialect: str, draft: bool) -> Select[Any]:
    statement = select(Edition.id).where(Edition.id.in_(bindparam("ids", expanding=True)))
    return with_columns(statement, draft=draft, dialect=dialect)


# --- the parts ------------------------------------------------------------------------------


def _shown(draft: bool) -> Select[Any]:
    is_wanted = is_shown(bindparam("now"), draft=draft)
    return select(Edition.id).where(Edition.type == bindparam("type"), is_wanted)


def _q() -> BindParameter[str]:
    return bindparam("q", type_=String)


def _found_by(index: TableClause) -> ColumnElement[bool]:
    """Editions by what an FTS5 index found. The plus keeps SQLite from asking the index once for each edition
    instead, which it takes for cheap (sqlite.org/optoverview.html, "Disqualifying WHERE clause terms")."""
    return literal_column(f"+{index.name}.rowid") == Edition.id


def _matches(name: str, query: BindParameter[str]) -> ColumnElement[bool]:
    """FTS5's own operator, on the hidden column that has the name of the table."""
    return literal_column(f"{name}.{name}").op("MATCH")(query)
