"""Rows as JSON that both databases read alike, and the sum by which two tables are compared."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    JSON,
    BindParameter,
    Column,
    ColumnElement,
    Connection,
    Insert,
    Table,
    Text,
    and_,
    bindparam,
    cast,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

from webapp.domain.backups.tables import late_columns
from webapp.kernel.pieces import pieces

Row = dict[str, Any]
"""The values of a row by column, as JSON has them."""

BATCH = 500
"""Rows that are read and written together."""


_POSTGRESQL = postgresql.dialect()  # type: ignore[no-untyped-call]


# --- values ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Coding:
    """How values of one column are written as JSON, and read again."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    as_text: bool = False
    """Whether the database hands the value over, and takes it, as text."""
    compared: Callable[[Any], Any] = lambda value: value
    """The JSON value in a form that is equal where the two databases mean the same."""


@cache
def coding_of(column: Column[Any]) -> Coding:
    """How values of ``column`` are written. Raises LookupError for a type that nobody thought of."""
    plain = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    kind = plain.dialect_impl(_POSTGRESQL)
    if isinstance(kind, postgresql.TSVECTOR):
        return Coding(_plain_words, str, as_text=True)
    if isinstance(kind, postgresql.JSONB):
        return Coding(str, str, as_text=True, compared=_sorted_json)
    if isinstance(kind, JSON):
        return Coding(str, str, as_text=True)
    return _BY_TYPE[plain.python_type]


def _same(value: Any) -> Any:
    return value


_BY_TYPE: dict[type, Coding] = {
    **{kind: Coding(_same, _same) for kind in (bool, int, str)},
    float: Coding(float, float),
    datetime: Coding(datetime.isoformat, datetime.fromisoformat),
    date: Coding(date.isoformat, date.fromisoformat),
    UUID: Coding(str, UUID),
    bytes: Coding(lambda value: b64encode(value).decode(), b64decode),
}


def _plain_words(lexemes: str) -> str:
    """PostgreSQL writes the words of a ``tsvector`` in quotes and in its own order."""
    return " ".join(sorted(lexemes.replace("'", "").split()))


def _sorted_json(document: str) -> str:
    """JSON as ``jsonb`` means it: without an order of members, and 1e2 being 100."""
    return orjson.dumps(_plain_numbers(orjson.loads(document)), option=orjson.OPT_SORT_KEYS).decode()


def _plain_numbers(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer() and -(2**63) <= value < 2**64:
        return int(value)
    if isinstance(value, dict):
        return {name: _plain_numbers(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(member) for member in value]
    return value


# --- comparing ------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """How many rows a table has, and a checksum of what is in them.

    The checksum is the sum of the rows' SHA-256, so that it is the same in any order of rows.
    """

    table: Table
    rows: int = 0
    _sum: int = field(default=0, repr=False)

    @property
    def checksum(self) -> str:
        return f"{self._sum:064x}"

    def count(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Pass ``rows`` on, counting them."""
        compared = [(c.name, coding_of(c).compared) for c in self.table.columns]
        for row in rows:
            values = [None if row[name] is None else form(row[name]) for name, form in compared]
            digest = hashlib.sha256(orjson.dumps(values)).digest()
            self._sum = (self._sum + int.from_bytes(digest)) % 2**256
            self.rows += 1
            yield row


def tally_of(connection: Connection, table: Table) -> Tally:
    """Count a table as it is now."""
    tally = Tally(table)
    for _ in tally.count(read_rows(connection, table)):
        pass
    return tally


# --- reading and writing --------------------------------------------------------------------


def read_rows(connection: Connection, table: Table) -> Iterator[Row]:
    """The rows of a table by primary key, fetched little by little."""
    codings = [(c.name, coding_of(c)) for c in table.columns]
    columns = [cast(c, Text).label(c.name) if coding_of(c).as_text else c for c in table.columns]
    statement = select(*columns).order_by(*table.primary_key.columns)
    for row in connection.execute(statement, execution_options={"yield_per": BATCH}):
        yield {
            name: None if value is None else coding.encode(value)
            for (name, coding), value in zip(codings, row, strict=True)
        }


def write_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> list[Row]:
    """Insert ``rows``. Answers those whose references must wait for :func:`write_late`."""
    late = {c.name for c in late_columns(table)}
    kept = [c.name for c in table.primary_key.columns] + sorted(late)
    statement, waiting = _insert(table, connection.dialect.name), []
    for batch in pieces(rows, BATCH):
        connection.execute(statement, [_parameters(table.columns, row, skipped=late) for row in batch])
        waiting += [
            {name: row[name] for name in kept} for row in batch if any(row[name] is not None for name in late)
        ]
    return waiting


def write_late(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Give rows the references that :func:`write_rows` held back."""
    if not rows:
        return
    keys, late = list(table.primary_key.columns), late_columns(table)
    is_this = and_(*(c == _parameter(c) for c in keys))
    statement = update(table).where(is_this).values({c: _parameter(c) for c in late})
    connection.execute(statement, [_parameters([*keys, *late], row) for row in rows])


@lru_cache
def _insert(table: Table, dialect: str) -> Insert:
    values: dict[str, ColumnElement[Any]] = {}
    for each in table.columns:
        value = _parameter(each)
        is_cast = coding_of(each).as_text and dialect == "postgresql"
        values[each.name] = cast(value, each.type) if is_cast else value
    return insert(table).values(values)


def _parameter(column: Column[Any]) -> BindParameter[Any]:
    return bindparam(f"p_{column.name}", type_=Text() if coding_of(column).as_text else column.type)


def _parameters(
    columns: Iterable[Column[Any]], row: Row, *, skipped: set[str] | frozenset[str] = frozenset()
) -> dict[str, Any]:
    return {
        f"p_{c.name}": None if c.name in skipped or row[c.name] is None else coding_of(c).decode(row[c.name])
        for c in columns
    }
