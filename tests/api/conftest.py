"""Fixtures of the API's tests alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from config import Settings
from tests.api.entries import Desk, one_of_each
from tests.conftest import Person
from tests.installations import close_app
from webapp.app import create_app
from webapp.extensions import db

MakeApp = Callable[..., Flask]
QueryCounter = Callable[[], AbstractContextManager[list[str]]]


@pytest.fixture
def count_queries(app: Flask) -> QueryCounter:
    """``with count_queries() as statements:`` collects the SQL that is sent meanwhile."""

    @contextmanager
    def counting() -> Iterator[list[str]]:
        statements: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
            statements.append(statement)

        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield statements
        finally:
            event.remove(engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def another_app(settings: Settings) -> Iterator[MakeApp]:
    """Further instances on the same database: ``another_app(cors_origins=("https://a.example",))``."""
    made = []

    def make(**changes: Any) -> Flask:
        made.append(create_app(replace(settings, **changes)))
        return made[-1]

    yield make
    for app in made:
        close_app(app)


@pytest.fixture
def samples(client: FlaskClient, admin: Person) -> dict[str, str]:
    """Values of path parameters, of content that exists and that ``admin`` may do everything with."""
    return one_of_each(client, admin.headers)


@pytest.fixture
def visitor(client: FlaskClient) -> Desk:
    """Content as everybody reads it."""
    return Desk(client, {})


@pytest.fixture
def desk(client: FlaskClient, editor_headers: dict[str, str]) -> Desk:
    """Content as an editor works on it."""
    return Desk(client, editor_headers)
