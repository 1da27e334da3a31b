"""Fixtures: an application on a fresh database of each kind, people, and clients that are signed in."""

from __future__ import annotations

import gc
import hashlib
import logging
import os
import re
import sqlite3
import uuid
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from config import Settings
from tests.databases import PostgresqlDatabase, SqliteDatabase, address_on, keep_first_rows
from tests.identity_provider import ProviderServer
from tests.installations import Folder, Installation, close_app, make_settings
from tests.services import PostgresqlServer, RedisServer
from webapp.api.auth import token_answer
from webapp.app import Rangoli, create_app
from webapp.cli.setup import prepare
from webapp.domain.accounts.models import RefreshToken, Status, User, UserSession
from webapp.domain.accounts.passwords import hash_password
from webapp.domain.accounts.sign_in import CLIENT_LIFETIME, Tokens
from webapp.domain.jobs.models import Job
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.db import new_uuid
from webapp.kernel.work import SYSTEM, Actor, Role, Work

MakeInstallation = Callable[[str], Installation]
PASSWORD = "correct horse battery"
SQLITE_ONLY = (
    *("tests/adapters", "tests/console", "tests/browser", "tests/cli"),
    *(
        "tests/ground/test_limits.py",
        "tests/ground/test_metrics.py",
        "tests/ground/test_fault_reports.py",
        "tests/ground/test_checks.py",
        "tests/ground/test_deploying.py",
    ),
)
"""What knows no database by itself; everything else runs on both."""
POSTGRESQL_ONLY = ("tests/ground/test_database_faults.py", "tests/system")
"""What needs a server."""
SQLITE_IN_SHORT = ("tests/api/test_openapi.py",)
"""Fuzzing: the short run is on SQLite, the long one (``make fuzz``) on both."""
BY_TURNS = "tests/api"
"""What asks over HTTP, where the domain's own tests run on both databases: each test runs on one of the two,
on both with ``make test-databases``."""
ON_BOTH = tuple(
    f"tests/api/test_{name}.py"
    for name in (
        *("content_search", "content_query", "content_races", "content_kinds", "content_tags", "theme_races"),
        *("gallery", "idempotency", "deletion", "protocol", "audit", "stylesheets"),
    )
)
"""Of those, what is about queries, locks and what a database can hold."""
FIRST = (
    *("tests/browser", "tests/torture", "tests/worker", "tests/system", "tests/cli"),
    *("tests/api/test_openapi.py", "tests/ground/test_migrations.py", "tests/ground/test_permissions.py"),
)
"""What takes long goes first. All of it falls to one process, which starts the one browser and server."""


# --- servers --------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers once, in the process that hands out the work."""
    if hasattr(config, "workerinput"):
        return
    config.stash[SERVERS] = []
    for name, kind in (("TEST_POSTGRESQL_URL", PostgresqlServer), ("TEST_REDIS_URL", RedisServer)):
        if name in os.environ:
            continue
        try:
            server = kind()
        except FileNotFoundError as missing:
            os.environ[f"{name}_MISSING"] = str(missing)
            continue
        os.environ[name] = server.url
        config.stash[SERVERS].append((name, server))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def place(item: pytest.Item) -> int:
        return next((n for n, part in enumerate(FIRST) if item.nodeid.startswith(part)), len(FIRST))

    items.sort(key=place)


GARBAGE_MAX = 500_000
"""Objects more than at the last look for garbage; looking whenever Python would takes a tenth of the time."""


def pytest_collection_finish() -> None:
    gc.freeze()  # what is loaded is not looked at again


def pytest_runtest_logfinish() -> None:
    if gc.get_count()[0] > GARBAGE_MAX:
        gc.collect()
        gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    for name, server in config.stash.get(SERVERS, []):
        server.stop()
        os.environ.pop(name, None)


SERVERS: pytest.StashKey[list[tuple[str, Any]]] = pytest.StashKey()


def service(name: str) -> str:
    """The address of a server, or a skip (a failure where servers are required) with its reason."""
    if url := os.environ.get(name):
        return url
    reason = os.environ.get(f"{name}_MISSING", f"{name} is not set")
    if os.environ.get("REQUIRE_SERVICES"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def redis_url() -> str:
    """A Redis that is empty: a number in the server for each process that runs tests."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 16
    url = re.sub(r"(/\d*)?$", f"/{number}", service("TEST_REDIS_URL"), count=1)
    Redis.from_url(url).flushdb()
    return url


# --- databases ------------------------------------------------------------------------------


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        path = metafunc.definition.path.relative_to(metafunc.config.rootpath).as_posix()
        is_short = path in SQLITE_IN_SHORT and "FUZZ_EXAMPLES" not in os.environ
        is_marked = metafunc.definition.get_closest_marker("one_database") is not None
        one = path.startswith(SQLITE_ONLY) or is_short or is_marked
        kinds = ["sqlite"] if one else ["sqlite", "postgresql"]
        if path.startswith(POSTGRESQL_ONLY):
            kinds = ["postgresql"]
        if len(kinds) > 1 and path.startswith(BY_TURNS) and path not in ON_BOTH:
            turn = zlib.crc32(metafunc.definition.nodeid.encode()) % 2
            kinds = kinds if "EVERY_DATABASE" in os.environ else kinds[turn : turn + 1]
        metafunc.parametrize("database_kind", kinds, scope="session")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file with the default theme, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "template.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA page_size = 1024")  # tables of few rows: there is less to be put back
        connection.execute("PRAGMA journal_mode = WAL")
    set_up(f"sqlite:///{path}", folder)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated PostgreSQL database with the default theme, to be copied by the server."""
    server = service("TEST_POSTGRESQL_URL")
    name = f"template_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        url = address_on(server, name)
        set_up(url, tmp_path_factory.mktemp("template"))
        keep_first_rows(url)
        yield name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def set_up(database_url: str, folder: Path) -> None:
    """What ``flask setup`` does to an empty database."""
    app = create_app(make_settings(database_url, folder))
    with app.app_context():
        prepare()
    close_app(app)


# --- installations --------------------------------------------------------------------------


@pytest.fixture(scope="session")
def make_installation(request: pytest.FixtureRequest) -> MakeInstallation:
    """A new installation on a kind of database, for the caller to close."""

    def make(kind: str) -> Installation:
        template = request.getfixturevalue(f"{kind}_template")
        folder = Folder()
        if kind == "sqlite":
            return Installation(folder, SqliteDatabase(template, folder.database))
        return Installation(folder, PostgresqlDatabase(template, service("TEST_POSTGRESQL_URL")))

    return make


@pytest.fixture(scope="session")
def kept_installations() -> Iterator[dict[str, Installation]]:
    """The installation of each kind of database that tests of this process use one after the other."""
    kept: dict[str, Installation] = {}
    yield kept
    for installation in kept.values():
        installation.close()


@pytest.fixture
def installation(
    database_kind: str,
    request: pytest.FixtureRequest,
    make_installation: MakeInstallation,
    kept_installations: dict[str, Installation],
) -> Iterator[Installation]:
    """A fresh installation: the one of the test before, put back, or for ``own_installation`` a new one."""
    if request.node.get_closest_marker("own_installation"):
        own = make_installation(database_kind)
        yield own
        own.close()
        return
    kept = kept_installations.pop(database_kind, None)
    if kept is not None and not kept.put_back():
        kept.close()
        kept = None
    kept = kept or make_installation(database_kind)
    yield kept
    if kept.open_connections():
        kept.close()
        pytest.fail("the test left a transaction open")
    kept_installations[database_kind] = kept
    if unrecorded := kept.trail.take():
        pytest.fail(f"requests changed rows without a word in the audit log: {unrecorded}")


@pytest.fixture
def database_url(installation: Installation) -> str:
    """A fresh database that is set up."""
    return installation.database.url


@pytest.fixture
def settings(installation: Installation) -> Settings:
    return installation.settings


@pytest.fixture
def data_dir(settings: Settings) -> Path:
    """Where the installation keeps files."""
    return settings.data_dir


@pytest.fixture
def app(installation: Installation) -> Flask:
    return installation.app


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """pytest-flask would keep one request (and with it ``g`` and its user) over a whole test."""


@pytest.fixture
def log_lines(app: Flask) -> Iterator[list[str]]:
    """What the application writes into its log from now on, as it came to the logging library."""
    lines: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger().addHandler(handler)
    yield lines
    logging.getLogger().removeHandler(handler)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor."""
    return app.test_client()


@pytest.fixture
def work(app: Flask) -> Iterator[Callable[..., Work]]:
    """Units of work for tests of the domain: ``work()`` acts for the system, ``work(actor)`` for a person."""
    with app.app_context():

        def begin(actor: Actor = SYSTEM) -> Work:
            return Work(session=db.session(), actor=actor, now=utc_now())

        yield begin
        db.session.rollback()
        db.session.remove()


# --- people ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Person:
    """A person in the database, as tests speak of them."""

    id: UUID
    username: str
    email: str
    password: str
    headers: dict[str, str]
    """A bearer token of theirs."""
    cookie_token: str
    actor: Actor


MakeUser = Callable[..., Person]


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of everybody's password, made once: making it is slow on purpose."""
    return hash_password(PASSWORD)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def row_of(made: object) -> dict[str, Any]:
    """The columns that were set of what no session knows: inserted so, a row takes half the time."""
    return {name: value for name, value in vars(made).items() if name != "_sa_instance_state"}


@pytest.fixture
def make_user(app: Flask, password_hash: str) -> MakeUser:
    """Put a person of any role and status into the database, with a client's and a console session."""

    def make(
        role: str = "member", status: str = "approved", name: str | None = None, **fields: Any
    ) -> Person:
        name = name or f"{role}-{uuid.uuid4().hex[:8]}"
        email = fields.pop("email", f"{name}@example.org")
        with app.app_context():
            now = utc_now()
            user = User(
                id=new_uuid(),
                username=name,
                email=email,
                password_hash=password_hash,
                role=Role(role),
                status=Status(status),
                credentials_version=1,
                version=1,
                created_at=now,
                updated_at=now,
                **fields,
            )
            user.refresh_keys()
            cookie, token = f"cookie-{user.id}", f"refresh-{user.id}"
            times = {"created_at": now, "last_seen_at": now, "expires_at": now + CLIENT_LIFETIME}
            client = {"id": new_uuid(), "user_id": user.id, "kind": "client", "token_hash": None, **times}
            console = {**client, "id": new_uuid(), "kind": "console", "token_hash": digest(cookie)}
            refresh = {"session_id": client["id"], "generation": 1, "token_hash": digest(token)}
            for table, rows in (
                (User.__table__, [row_of(user)]),
                (UserSession.__table__, [client, console]),
                (RefreshToken.__table__, [refresh]),
            ):
                db.session.execute(table.insert(), rows)
            tokens = token_answer(Tokens(user, client["id"], token))
            actor = user.as_actor()
            db.session.commit()
            person = Person(
                id=actor.id,
                username=name,
                email=email,
                password=PASSWORD,
                headers={"Authorization": f"Bearer {tokens['access_token']}"},
                cookie_token=cookie,
                actor=actor,
            )
            db.session.remove()
        return person

    return make


@pytest.fixture
def load_user(app: Flask) -> Callable[[UUID], User | None]:
    """Read a person's row as it is now."""

    def load(user_id: UUID) -> User | None:
        with app.app_context():
            user = db.session.get(User, user_id)
            db.session.remove()
            return user

    return load


@pytest.fixture(scope="session")
def provider_server() -> Iterator[ProviderServer]:
    server = ProviderServer()
    yield server
    server.stop()


@pytest.fixture
def elsewhere(app: Rangoli, provider_server: ProviderServer) -> ProviderServer:
    """Where people have accounts too; ``app`` is registered there as with all four providers."""
    provider_server.forget()
    app.ports = replace(app.ports, identity_providers=provider_server.providers())
    return provider_server


MakeJob = Callable[..., UUID]


@pytest.fixture
def job_of(app: Flask) -> MakeJob:
    """A job in any state: ``job_of(person, state="failed")``."""

    def make(person: Person | None = None, **values: object) -> UUID:
        with app.app_context():
            now = utc_now()
            fields = {"kind": "jobs.purge", "payload": {"secret": "x"}, "run_at": now, "created_at": now}
            job = Job(**(fields | {"asked_by": person.id if person else None} | values))
            db.session.add(job)
            db.session.commit()
            job_id = job.id
            db.session.remove()
        return job_id

    return make


def console_client(app: Flask, person: Person) -> FlaskClient:
    """A browser in which ``person`` is signed in to the console."""
    client = app.test_client()
    with client.session_transaction("/console") as session:
        session["_user_id"] = person.cookie_token
        session["_fresh"] = True
        session.permanent = True
    return client


@pytest.fixture
def admin(make_user: MakeUser) -> Person:
    return make_user("admin")


@pytest.fixture
def editor(make_user: MakeUser) -> Person:
    return make_user("editor")


@pytest.fixture
def member(make_user: MakeUser) -> Person:
    return make_user("member")


@pytest.fixture
def admin_headers(admin: Person) -> dict[str, str]:
    return admin.headers


@pytest.fixture
def editor_headers(editor: Person) -> dict[str, str]:
    return editor.headers


@pytest.fixture
def as_admin(app: Flask, admin: Person) -> FlaskClient:
    return console_client(app, admin)


@pytest.fixture
def as_editor(app: Flask, editor: Person) -> FlaskClient:
    return console_client(app, editor)


@pytest.fixture
def as_member(app: Flask, member: Person) -> FlaskClient:
    return console_client(app, member)


def text(answer: Any) -> str:
    """A page as text."""
    return str(answer.get_data(as_text=True))


def csrf_token(client: FlaskClient) -> str:
    """A token that the console takes from this browser."""
    from flask_wtf.csrf import generate_csrf

    app = client.application
    with app.test_request_context("/console"):
        from flask import session

        token = generate_csrf()
        raw = session["csrf_token"]
    with client.session_transaction("/console") as stored:
        stored["csrf_token"] = raw
    return token


def post(client: FlaskClient, url: str, data: dict[str, Any] | None = None, **kwargs: Any) -> Any:
    """Submit a form of the console with its CSRF token."""
    return client.post(url, data={"csrf_token": csrf_token(client), **(data or {})}, **kwargs)
