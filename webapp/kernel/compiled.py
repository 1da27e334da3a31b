"""Statements that are run often, past what SQLAlchemy does anew for each run (ADR 12)."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import ColumnElement, Executable
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

Processor = Callable[[Any], Any]


class CompiledStatement:
    """A SELECT, or an INSERT of one row, that is compiled once for each sort of database.

    It is run by the driver's cursor. What it answers, what it raises and what the listeners of an engine hear
    is the same as with SQLAlchemy's own execution, except that rows are named tuples and that no listener
    changes a statement. Values that go into the text (``literal_execute``) are integers. All engines of a
    process on one sort of database are to read and write values alike.

    Raises TypeError for what cannot be compiled ahead: a list of values (``IN``), whose text depends on how
    many there are, a column's default that is worked out in Python, an INSERT of other columns than the first
    time; and for a parameter without a value.
    """

    def __init__(self, statement: Executable) -> None:
        self.statement = statement
        self._plans: dict[str, _Plan] = {}

    def rows(self, place: Session | Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        """Run it with ``values`` for its parameters; the rows that come back. Raises as SQLAlchemy does.

        It belongs to the transaction of a session; on a connection that has begun none it begins none.
        """
        connection = place.connection() if isinstance(place, Session) else place
        dialect = connection.dialect
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = _Plan(self.statement, dialect, list(values))
        return plan.run(connection, values)


class _Plan:
    """A statement as one sort of database runs it."""

    def __init__(self, statement: Any, dialect: Dialect, keys: list[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=keys)
        literal = {bind.key for bind in compiled.literal_execute_params}
        if compiled.post_compile_params - compiled.literal_execute_params:
            raise TypeError("a list of values cannot be compiled ahead")
        if compiled.isinsert and compiled.insert_prefetch:
            raise TypeError(f"{compiled.insert_prefetch[0]} has a default that is worked out each time")
        self._columns = frozenset(keys) if compiled.isinsert else None
        self._text = str(compiled)
        self._required = {name for bind, name in compiled.bind_names.items() if bind.required}
        self._literals = [(f"__[POSTCOMPILE_{name}]", name) for name in literal]
        self._is_positional = compiled.positiontup is not None
        binds = {name: bind for bind, name in compiled.bind_names.items() if name not in literal}
        self._binds: list[tuple[str, Any, Processor | None]] = [
            (name, compiled.params[name], _type_of(binds[name], dialect).bind_processor(dialect))
            for name in compiled.positiontup or binds
            if name in binds
        ]
        columns = statement.exported_columns
        self._row: Any = namedtuple("Row", columns.keys(), rename=True) if len(columns) else None
        self._results: list[tuple[int, Processor]] = [
            (place, processor)
            for place, column in enumerate(columns)
            if (processor := _type_of(column, dialect).result_processor(dialect, None))
        ]

    def run(self, connection: Connection, values: Mapping[str, Any]) -> Sequence[Any]:
        if self._columns is not None and self._columns != values.keys():
            raise TypeError("an INSERT of other columns than the first time")
        text, parameters = self._text, self._parameters(values)
        for mark, name in self._literals:
            text = text.replace(mark, str(int(values[name])))
        dialect, heard = connection.dialect, connection.engine.dispatch
        database = connection.connection.dbapi_connection
        assert database is not None
        cursor = database.cursor()
        try:
            context = SimpleNamespace(statement=text, parameters=parameters, dialect=dialect)
            for hear in heard.before_cursor_execute:
                hear(connection, cursor, text, parameters, context, False)
            cursor.execute(text, parameters)
            for hear in heard.after_cursor_execute:
                hear(connection, cursor, text, parameters, context, False)
            return self._read(cursor.fetchall()) if self._row else ()
        except dialect.loaded_dbapi.Error as error:
            # Not public, in the version that is pinned: it gives up lost connections, all of them.
            connection._handle_dbapi_exception(error, text, parameters, cursor, None)
        finally:
            cursor.close()

    def _parameters(self, values: Mapping[str, Any]) -> Any:
        if missing := self._required - values.keys():
            raise TypeError(f"no value for {', '.join(sorted(missing))}")
        get = values.get
        try:
            if self._is_positional:
                return [p(get(name, d)) if p else get(name, d) for name, d, p in self._binds]
            return {name: p(get(name, d)) if p else get(name, d) for name, d, p in self._binds}
        except ValueError as error:
            raise StatementError(f"{error}", self._text, None, error, hide_parameters=True) from error

    def _read(self, rows: Sequence[Sequence[Any]]) -> list[Any]:
        make, results = self._row._make, self._results
        if not results:
            return [make(row) for row in rows]
        read = []
        for row in rows:
            values = list(row)
            for place, processor in results:
                values[place] = processor(values[place])
            read.append(make(values))
        return read


def _type_of(element: ColumnElement[Any], dialect: Dialect) -> TypeEngine[Any]:
    return element.type.dialect_impl(dialect)
