"""All tables of an installation: their order, their counters, and emptying them."""

from __future__ import annotations

from functools import lru_cache

from sqlalchemy import (
    Column,
    Connection,
    ForeignKeyConstraint,
    Integer,
    Table,
    cast,
    column,
    delete,
    func,
    insert,
    inspect,
    literal_column,
    null,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import OperationalError
from sqlalchemy.schema import sort_tables_and_constraints

from webapp.kernel.db import Base
from webapp.kernel.errors import Unavailable

LOCK_TIMEOUT = "15s"

_VERSION = table("alembic_version", column("version_num"))
_SEQUENCES = table("sqlite_sequence", column("name"), column("seq"))


@lru_cache
def all_tables() -> tuple[Table, ...]:
    """Every table of the models, those that others refer to first."""
    pairs = sort_tables_and_constraints(Base.metadata.tables.values())  # type: ignore[no-untyped-call]
    return tuple(table for table, _ in pairs if table is not None)


@lru_cache
def late_columns(table: Table) -> tuple[Column[object], ...]:
    """Columns that refer to rows which may be written later: of the same table, or of one in a circle."""
    order = {t: number for number, t in enumerate(all_tables())}
    found: list[Column[object]] = []
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint) and order[constraint.referred_table] >= order[table]:
            found += constraint.columns
    return tuple(found)


def revision_of(connection: Connection) -> str | None:
    """The migration that the database is at; None when it has no tables yet."""
    if not inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(select(_VERSION.c.version_num))


def lock_all(connection: Connection) -> None:
    """Keep everybody else from writing until the transaction ends; reading goes on. Raises Unavailable.

    On SQLite a transaction that may write is alone anyway.
    """
    if connection.dialect.name != "postgresql":
        return
    quote = connection.dialect.identifier_preparer.format_table
    names = ", ".join(sorted(quote(t) for t in all_tables()))
    try:
        connection.execute(text(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'"))
        connection.execute(text(f"LOCK TABLE {names} IN EXCLUSIVE MODE"))
    except OperationalError as error:
        raise Unavailable(
            "Others are writing to the database; try again in a moment.", code="database_unavailable"
        ) from error


def clear(connection: Connection) -> None:
    """Delete every row of every table."""
    for each in all_tables():
        if late := late_columns(each):
            connection.execute(update(each).values({c: null() for c in late}))
    for each in reversed(all_tables()):
        connection.execute(delete(each))


def holds_data(connection: Connection) -> bool:
    """Whether any of our tables that are there has a row."""
    there = set(inspect(connection).get_table_names())
    return any(
        connection.execute(select(literal_column("1")).select_from(each).limit(1)).first() is not None
        for each in all_tables()
        if each.name in there
    )


# --- counters -------------------------------------------------------------------------------


def counted_column(table: Table) -> Column[int] | None:
    """The column whose values the database counts up itself."""
    found = table.autoincrement_column
    return found if found is not None and isinstance(found.type, Integer) else None


def last_ids(connection: Connection) -> dict[str, int]:
    """By table, the last id that was given, even where its row is gone: ids are never given again."""
    found = {}
    for each in all_tables():
        if (key := counted_column(each)) is not None:
            highest = connection.scalar(select(func.max(key))) or 0
            found[each.name] = max(highest, _counter(connection, each, key))
    return found


def raise_last_ids(connection: Connection, last: dict[str, int]) -> None:
    """Count on from ``last``, or from where the database is if that is further."""
    for each in all_tables():
        key = counted_column(each)
        if key is None or (wanted := last.get(each.name, 0)) <= _counter(connection, each, key):
            continue
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.setval(cast(_sequence(connection, each, key), REGCLASS), wanted)))
        elif each.dialect_options["sqlite"]["autoincrement"]:
            is_this = _SEQUENCES.c.name == each.name
            if not connection.execute(update(_SEQUENCES).where(is_this).values(seq=wanted)).rowcount:
                connection.execute(insert(_SEQUENCES).values(name=each.name, seq=wanted))


def _counter(connection: Connection, each: Table, key: Column[int]) -> int:
    if connection.dialect.name == "postgresql":
        sequence = _sequence(connection, each, key)
        return connection.scalar(text(f"SELECT last_value FROM {sequence} WHERE is_called")) or 0  # noqa: S608
    if not each.dialect_options["sqlite"]["autoincrement"]:
        return 0
    return connection.scalar(select(_SEQUENCES.c.seq).where(_SEQUENCES.c.name == each.name)) or 0


def _sequence(connection: Connection, each: Table, key: Column[int]) -> str:
    """The name of the column's sequence, quoted."""
    name = connection.scalar(select(func.pg_get_serial_sequence(each.name, key.name)))
    if name is None:
        raise LookupError(f"{each.name}.{key.name} has no sequence")
    return str(name)
