"""Fixtures of the API's tests alone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from config import Settings
from tests.api.entries import Desk, one_of_each
from tests.api.greetings import made, one_card_of_each
from tests.api.media import uploaded
from tests.conftest import Person
from tests.designs import design as design_body
from tests.installations import close_app
from webapp.adapters.oauth.openid import Google
from webapp.app import Rangoli, create_app
from webapp.domain.accounts.models import UserSession
from webapp.domain.accounts.oauth_models import LinkedAccount
from webapp.domain.jobs.models import Job, State
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.worker.running import Runner

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
def samples(app: Rangoli, client: FlaskClient, admin: Person, member: Person) -> dict[str, str]:
    """Values of path parameters, of content that exists and that ``admin`` may do everything with."""
    image = uploaded(client, admin)  # which asks for a job
    with app.app_context():
        job_id = str(db.session.scalars(select(Job.id)).first())
        in_console = select(UserSession.id).where(
            UserSession.user_id == admin.id, UserSession.kind == "console"
        )
        session_id = str(db.session.scalars(in_console).one())  # ending the other one would end the walk
        linked = LinkedAccount(user_id=admin.id, provider="google", subject="1", created_at=utc_now())
        db.session.add(linked)
        db.session.flush()
        account_id = str(linked.id)
        db.session.commit()
        db.session.remove()
    token = made(client, "/users/me/tokens", {"name": "Sample", "scopes": ["content:read"]}, admin)
    entries, cards = one_of_each(client, admin.headers), one_card_of_each(client, admin)
    app.ports = replace(app.ports, identity_providers={"google": Google("a-client", "a-secret")})
    own = {"session_id": session_id, "token_id": token["id"], "job_id": job_id}
    export = made(client, "/content/data/export", {}, admin, 202)
    Runner(app).run(UUID(export["id"]))  # type: ignore[arg-type]
    own |= {"account_id": account_id, "provider": "google", "user_id": str(member.id)}
    hook = made(
        client,
        "/admin/webhooks",
        {"name": "Sample", "url": "https://example.org/", "events": ["data"]},
        admin,
    )
    ping = made(client, f"/admin/webhooks/{hook['id']}/ping", {}, admin, 202)
    hooks = {"export_id": export["id"], "webhook_id": hook["id"], "delivery_id": ping["id"]}
    with app.app_context():  # drawing cards takes long
        key = "private/exports/sample.zip"
        app.ports.storage.put(key, io.BytesIO(b"PK"))
        drawn = Job(kind="cards.export_many", payload={"key": key}, state=State.DONE, asked_by=admin.id)
        drawn.run_at = drawn.created_at = drawn.updated_at = utc_now()
        db.session.add(drawn)
        db.session.flush()
        hooks["/api/v1/cards/exports/{export_id} export_id"] = str(drawn.id)
        db.session.commit()
        db.session.remove()
    design = made(client, "/designs", design_body(r2_object_key=image["object_key"]), admin)
    images = {"object_key": image["object_key"], "design_id": str(design["id"])}
    return {**entries, **cards, **own, **hooks, **images}


@pytest.fixture
def visitor(client: FlaskClient) -> Desk:
    """Content as everybody reads it."""
    return Desk(client, {})


@pytest.fixture
def desk(client: FlaskClient, editor_headers: dict[str, str]) -> Desk:
    """Content as an editor works on it."""
    return Desk(client, editor_headers)
