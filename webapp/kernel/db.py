"""The declarative base, column types that mean the same on SQLite and PostgreSQL, and engine set-up."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar, cast
from uuid import UUID

import uuid_utils
from sqlalchemy import (
    JSON,
    DateTime,
    Engine,
    MetaData,
    Select,
    SelectBase,
    String,
    Table,
    Text,
    func,
    select,
    text,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

Model = TypeVar("Model", bound="Base")

NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

INT_MAX = 2**31 - 1
"""The largest value of an INTEGER column on PostgreSQL; SQLite is held to it too."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


def new_uuid() -> UUID:
    """A UUIDv7 (RFC 9562): sorts by the time it was made."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def is_storable(text: str) -> bool:
    """Whether both databases can hold ``text``: no NUL and no lone surrogate."""
    return _UNSTORABLE.search(text) is None


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. Refuses naive values; SQLite's naive answers are made aware."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """From what the driver answers, in one step, as lists hold three moments for each row."""
        return _moment_of_text if dialect.name == "sqlite" else _moment


def _moment_of_text(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text + "+00:00")


def _moment(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class BoundedText(TypeDecorator[str]):
    """Text of at most ``length`` characters that SQLite refuses where PostgreSQL would.

    The faces check lengths first and answer well; this is the last line of defence.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is not None and (len(value) > self.length or not is_storable(value)):
            raise ValueError("text that the column cannot hold")
        return value


JsonDocument = JSON().with_variant(JSONB(), "postgresql")
LongText = Text


class Timestamps:
    """``created_at`` and ``updated_at``, set by the command that writes, never by the database."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


def lock(session: Session, name: str) -> None:
    """Let one transaction at a time past this point, until it ends.

    For rules about rows that are not there yet, which no row lock can guard. PostgreSQL: an advisory
    lock. On SQLite a transaction that may write is alone anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(zlib.crc32(name.encode()))))


def try_lock(session: Session, name: str) -> bool:
    """Take the lock called ``name`` until the transaction ends, unless somebody else has it.

    On SQLite a transaction that may write is alone, so that it has every lock.
    """
    if session.get_bind().dialect.name != "postgresql":
        return True
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(number))))


def reserve_ids(session: Session, model: type[Base], count: int) -> list[int]:
    """Ids for ``count`` new rows of a table that counts its ids, which then need not be asked for one by one.

    PostgreSQL: the next of the sequence. SQLite: those behind the last, in a transaction that may write.
    """
    table = cast("Table", model.__table__)
    if session.get_bind().dialect.name == "postgresql":
        series = select(func.generate_series(1, count)).subquery()
        number = func.nextval(func.pg_get_serial_sequence(table.name, "id"))
        return list(session.scalars(select(number).select_from(series)))
    last = session.scalar(select(func.max(table.c.id))) or 0
    if table.dialect_options["sqlite"]["autoincrement"]:
        counted = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        last = max(last, session.scalar(counted, {"table": table.name}) or 0)
    return list(range(last + 1, last + 1 + count))


def upsert(session: Session, model: type[Base]) -> Any:
    """An INSERT that can go ON CONFLICT, which each database has in a dialect of its own."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(model)


def insert_missing(session: Session, row: Model, unique: InstrumentedAttribute[Any]) -> tuple[Model, bool]:
    """Add ``row`` unless there is one with the same value of ``unique``.

    Answers the row that is there then, and whether it is new. Two who do it at the same moment get the same.
    """
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        model, value = type(row), getattr(row, unique.key)
        found = session.scalars(select(model).where(unique == value)).one_or_none()
        if found is None:
            raise
        return found, False
    return row, True


@contextmanager
def unless_taken(session: Session, check: Callable[[], None]) -> Iterator[None]:
    """Write inside this block; what somebody else has taken at the same moment is for ``check`` to tell.

    It looked before the block and found everything free; now it sees what the other one has committed.
    """
    try:
        with session.begin_nested():
            yield
            session.flush()
    except IntegrityError:
        check()
        raise


def matches_in(dialect: str, texts: SelectBase, pattern: str) -> Select[str]:
    """Every match of a regular expression in ``texts``, a statement with one column of text.

    The pattern has no groups that capture, and only what Python and PostgreSQL read alike.
    """
    found = texts.subquery()
    (column,) = found.c
    if dialect == "postgresql":
        return select(func.regexp_matches(column, pattern, "g", type_=ARRAY(String))[1])
    each = func.json_each(func.all_matches(column, pattern)).table_valued("value")
    return select(each.c.value).select_from(found.join(each, true()))


def all_matches(text: str | None, pattern: str) -> str:
    """What ``all_matches`` answers in SQL on SQLite, as a JSON array."""
    return json.dumps(re.findall(pattern, text or ""))


# --- engine ---------------------------------------------------------------------------------

_read_only: ContextVar[bool] = ContextVar("read_only", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions that begin inside this block only read: SQLite then takes no write lock."""
    token = _read_only.set(True)
    try:
        yield
    finally:
        _read_only.reset(token)


def is_reading() -> bool:
    """Whether transactions that begin here and now only read."""
    return _read_only.get()


@lru_cache(maxsize=4)
def reading_engine(engine: Engine) -> Engine:
    """``engine`` as those use it who only read; it costs a tenth of a small request to make.

    On PostgreSQL without transactions: at READ COMMITTED each statement sees a state of its own anyway, so
    that BEGIN and COMMIT would only be two more questions to the server.
    """
    if engine.dialect.name != "postgresql":
        return engine
    return engine.execution_options(isolation_level="AUTOCOMMIT")


def stop_reading() -> None:
    """Transactions that begin from here on may write, until the end of :func:`reading`: all of a session's
    work must be of one sort, what is flushed at its commit included."""
    _read_only.set(False)


@contextmanager
def looking_ahead(session: Session) -> Iterator[Session]:
    """A session beside ``session`` that only reads, and is over with the block.

    For what must be known before slow work (the hash of a password), during which no transaction is open.
    """
    engine = session.get_bind()  # with transactions, as long reads go through a cursor on the server
    with reading(), Session(engine) as ahead:
        yield ahead


_patience: ContextVar[float | None] = ContextVar("patience", default=None)


@contextmanager
def answering_within(seconds: float) -> Iterator[None]:
    """Inside this block a database that is silent for ``seconds`` counts as down."""
    token = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(token)


def patience() -> float | None:
    """Seconds to wait for the next answer of a database server; None for as long as it takes."""
    return _patience.get()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database from its first read on, whatever others write.

    SQLite: a reading transaction, which keeps nobody from writing. PostgreSQL: REPEATABLE READ.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with reading():
            connection.begin()
        yield connection
