"""Statements that are compiled ahead: what they answer, raise and let others hear, as without it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.orm import Session

from webapp.domain.audit.models import AuditEvent
from webapp.domain.settings.models import AppSetting
from webapp.extensions import db
from webapp.kernel.compiled import CompiledStatement
from webapp.kernel.db import new_uuid
from webapp.kernel.paging import windowed

NOON = datetime(2026, 3, 1, 12, 30, 0, 123456, UTC)
NEW_EVENT = CompiledStatement(insert(AuditEvent).returning(AuditEvent.id))
NEW_SETTING = CompiledStatement(insert(AppSetting))
EVENTS = select(AuditEvent.id.label("number"), AuditEvent.at, AuditEvent.actor_id, AuditEvent.changes).where(
    AuditEvent.action == "theme.update",  # a value that the statement brings along
    AuditEvent.at <= bindparam("now"),
)


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    with app.app_context():
        yield db.session()
        db.session.remove()


def an_event(**changes: Any) -> dict[str, Any]:
    return {
        "at": NOON.astimezone(timezone(timedelta(hours=5, minutes=30))),
        "actor_kind": "person",
        "actor_id": new_uuid(),
        "action": "theme.update",
        "subject_type": "theme",
        "subject_id": "100 % “sure”",
        "changes": {"name": ["%s", None, 1.5], "नमस्ते": [True]},
        "address": None,
        "request_id": None,
    } | changes


def a_setting(key: str) -> dict[str, Any]:
    return {"key": key, "value": {"a": [1]}, "created_at": NOON, "updated_at": NOON}


def test_rows_are_those_of_sqlalchemy(session: Session) -> None:
    for day in range(3):
        sent = an_event(at=NOON + timedelta(days=day), actor_id=None if day else new_uuid())
        assert [row.id for row in NEW_EVENT.rows(session, sent)] == [
            session.scalar(select(func.max(AuditEvent.id)))
        ]
    values = {"now": NOON + timedelta(days=1), "unused": 1}
    rows = CompiledStatement(EVENTS).rows(session, values)
    assert [row._asdict() for row in rows] == [
        dict(row._mapping) for row in session.connection().execute(EVENTS, values)
    ]
    assert [row.at for row in rows] == [NOON, NOON + timedelta(days=1)]
    assert rows[0].changes == an_event()["changes"]


def test_it_is_the_same_whenever_it_is_run(session: Session) -> None:
    statement = CompiledStatement(EVENTS)
    assert statement.rows(session, {"now": NOON}) == []
    NEW_EVENT.rows(session, an_event())
    assert len(statement.rows(session, {"now": NOON})) == 1
    assert statement.rows(session, {"now": NOON - timedelta(days=1)}) == []


def test_a_value_that_is_missing_is_told(session: Session) -> None:
    with pytest.raises(TypeError, match="no value for now"):
        CompiledStatement(EVENTS).rows(session, {})


def test_a_limit_goes_into_the_text(session: Session) -> None:
    statement = CompiledStatement(windowed(select(AuditEvent.id).where(AuditEvent.at == NOON), skips=True))
    for _ in range(4):
        NEW_EVENT.rows(session, an_event())
    assert [len(statement.rows(session, {"limit": limit, "skip": 1})) for limit in (2, 9)] == [2, 3]


def test_a_list_of_values_cannot_be_compiled_ahead(session: Session) -> None:
    statement = select(AuditEvent.id).where(AuditEvent.id.in_(bindparam("ids", expanding=True)))
    with pytest.raises(TypeError, match="list of values"):
        CompiledStatement(statement).rows(session, {"ids": [1]})


def test_an_insert_has_the_same_columns_each_time(session: Session) -> None:
    NEW_SETTING.rows(session, a_setting("one"))
    for wrong in ({"key": "two"}, {**a_setting("two"), "more": 1}):
        with pytest.raises(TypeError, match="other columns"):
            NEW_SETTING.rows(session, wrong)


def test_defaults_that_are_worked_out_cannot_be_compiled_ahead(session: Session) -> None:
    table = Table("made_up", MetaData(), Column("id", Integer, default=lambda: 1), Column("name", String))
    with pytest.raises(TypeError, match=r"made_up\.id has a default"):
        CompiledStatement(insert(table)).rows(session, {"name": "x"})


def test_what_is_wrong_is_told_as_by_sqlalchemy(session: Session) -> None:
    NEW_SETTING.rows(session, a_setting("taken"))
    with pytest.raises(IntegrityError), session.begin_nested():
        NEW_SETTING.rows(session, a_setting("taken"))
    with pytest.raises(StatementError) as told:
        NEW_SETTING.rows(session, a_setting("a\x00b"))
    assert isinstance(told.value.orig, ValueError)
    with pytest.raises(DBAPIError), session.begin_nested():
        CompiledStatement(text("SELECT secret FROM no_such_table").columns()).rows(session, {})
    assert NEW_SETTING.rows(session, a_setting("free")) == (), "the transaction goes on"


def test_values_are_not_told(session: Session) -> None:
    NEW_SETTING.rows(session, a_setting("secret-key"))
    with pytest.raises(IntegrityError) as told:
        NEW_SETTING.rows(session, a_setting("secret-key"))
    assert "[SQL parameters hidden due to hide_parameters=True]" in str(told.value)


def test_whoever_listens_to_the_engine_hears_of_it(session: Session) -> None:
    heard: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        context.began = True  # as those do who measure
        heard.append(statement.split()[0])

    for moment in ("before_cursor_execute", "after_cursor_execute"):
        event.listen(db.engine, moment, note)
    NEW_SETTING.rows(session, a_setting("heard"))
    for moment in ("before_cursor_execute", "after_cursor_execute"):
        event.remove(db.engine, moment, note)
    assert heard == ["INSERT", "INSERT"]


def test_a_connection_that_was_lost_is_not_used_again(session: Session, database_kind: str) -> None:
    if database_kind != "postgresql":
        pytest.skip("a file is not lost")
    statement = CompiledStatement(select(func.pg_backend_pid().label("pid")))
    pids = [statement.rows(session, {})[0].pid]
    with db.engine.connect() as another:  # back in the pool when the first finds that the server is gone
        pids += [statement.rows(another, {})[0].pid]
    end_others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = ANY(:pids)"
    server = create_engine(db.engine.url)
    with server.connect() as other:
        other.execute(text(end_others), {"pids": pids})
    server.dispose()
    with pytest.raises(OperationalError) as told:
        statement.rows(session, {})
    assert told.value.connection_invalidated
    session.rollback()
    with db.engine.connect() as one, db.engine.connect() as two:
        assert not {statement.rows(place, {})[0].pid for place in (one, two)} & set(pids)
