"""A deleted account leaves no word of its person in any table, file or log."""

from __future__ import annotations

import io
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.conftest import MakeUser, Person, console_client, post
from tests.installations import Installation
from tests.mails import do_jobs
from tests.pictures import encoded, picture
from webapp.domain.accounts.factor_models import Passkey
from webapp.domain.accounts.models import UserLink
from webapp.domain.accounts.oauth_models import LinkedAccount
from webapp.domain.cards.models import (
    Card,
    CardShare,
    Collection,
    Template,
    TemplateLike,
    TemplateReview,
    TemplateVersion,
)
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.db import Base

WORD = "quagga"
USERS = "/api/v1/users"


def traces(app: Flask, folder: Path) -> list[str]:
    """Where the word is found: tables and files."""
    with app.app_context():
        found = [
            table.name
            for table in Base.metadata.sorted_tables
            for row in db.session.execute(select(table)).mappings()
            if WORD in str(dict(row)).lower()
        ]
        db.session.remove()
    files = [path for path in folder.rglob("*") if path.is_file()]
    named = [path.name for path in files if WORD in path.name.lower()]
    return found + named + [path.name for path in files if WORD.encode() in path.read_bytes().lower()]


def pictures(folder: Path) -> list[Path]:
    """The files of people's pictures of themselves, in all sizes."""
    return [path for path in folder.rglob("*") if "avatars" in str(path) and path.is_file()]


def fill_by_api(client: FlaskClient, person: Person, admin: Person) -> None:
    """What a person leaves behind by using the API, and what an admin writes about them."""
    agent = {**person.headers, "User-Agent": "Quagga/1.0"}
    client.patch(f"{USERS}/me", json={"first_name": "Quagga"}, headers=agent)
    once = {**agent, "Idempotency-Key": "quagga-1"}
    assert client.post("/api/v1/items", json={"title": "Quagga's item"}, headers=once).status_code == 200
    token = {"name": "Quagga's key", "scopes": ["account:read"]}
    client.post(f"{USERS}/me/tokens", json=token, headers=agent)
    files = {"file": (io.BytesIO(encoded(picture())), "quagga.png")}
    assert client.post(f"{USERS}/upload-avatar", data=files, headers=agent).status_code == 200
    body = {"username": person.username, "password": person.password}
    client.post("/api/v1/auth/login", json=body, headers={"User-Agent": "Quagga/1.0"})
    client.post("/api/v1/auth/login", json={**body, "password": "wrong password"})
    client.post(f"/api/v1/password-recovery/{person.email}")
    client.put(f"/api/v1/admin/users/{person.id}", json={"last_name": "Quagga"}, headers=admin.headers)
    client.get(f"/api/v1/admin/users?q={WORD}", headers=admin.headers)


def fill_rows(session: Session, person: Person) -> None:
    """What is slow or long-winded by API: cards, reviews, collections, passkeys."""
    now, own = utc_now(), {"user_id": person.id}
    times = {"created_at": now, "updated_at": now}
    made = {"template_code": "x", "created_by": person.id, **times}
    public = Template(name="Lamp", slug="lamp", like_count=1, review_count=1, rating_total=5, **made)
    private = Template(name="Quagga's", slug="quaggas", is_public=False, **made)
    session.add_all((public, private))
    session.flush()
    card = Card(
        title="Quagga", message="From Quagga", sender_name="Quagga", values={"q": "quagga"}, body="Quagga",
        template_id=public.id, template_version=1, width=1, height=1, **own, **times,
    )  # fmt: skip
    session.add(card)
    session.flush()
    session.add_all(
        (
            CardShare(card_id=card.id, token_hash=WORD, created_at=now),
            TemplateVersion(template_id=private.id, number=1, code="Quagga", config={}, created_at=now),
            TemplateLike(template_id=public.id, created_at=now, **own),
            TemplateReview(template_id=public.id, rating=5, review_text="Quagga likes it", **own, **times),
            Collection(name="Quagga's", **own, **times),
            LinkedAccount(provider="google", subject=WORD, email="quagga@example.org", created_at=now, **own),
            UserLink(
                purpose="email",
                token_hash="x",
                email_key=WORD,
                new_email="quagga@example.org",
                credentials_version=1,
                created_at=now,
                expires_at=now,
                **own,
            ),
            Passkey(
                name="Quagga's phone", credential_id=WORD, public_key="x", sign_count=0, created_at=now, **own
            ),
        )
    )
    session.commit()


EVERYWHERE = {
    *("users", "items", "api_tokens", "user_sessions", "mails", "saved_views", "kept_answers"),
    *("user_cards", "card_shares", "templates", "template_versions", "template_reviews", "user_collections"),
    *("passkeys", "linked_accounts", "user_links"),
}


def test_61_nothing_is_left(
    app: Flask,
    client: FlaskClient,
    admin: Person,
    make_user: MakeUser,
    installation: Installation,
    database_kind: str,
    capfd: pytest.CaptureFixture[str],
) -> None:
    person = make_user("editor", name="quagga-one", full_name="Quagga Zebra")
    fill_by_api(client, person, admin)
    view = {"name": "Quagga's", "next": "/console/content/data?q=quagga"}
    post(console_client(app, person), "/console/views", view)
    with app.app_context():
        fill_rows(db.session(), person)
        db.session.remove()
    do_jobs(app)  # the mails are written
    folder = installation.settings.data_dir
    found = set(traces(app, folder))
    assert found >= EVERYWHERE
    assert any(name.endswith(".eml") for name in found)
    assert pictures(folder)
    by_admin = database_kind == "sqlite"  # and by oneself on the other
    url, headers = (f"{USERS}/{person.id}", admin.headers) if by_admin else (f"{USERS}/me", person.headers)
    assert client.delete(url, headers=headers).status_code == 200
    do_jobs(app)
    assert traces(app, folder) == []
    assert pictures(folder) == []
    assert WORD not in "".join(capfd.readouterr()).lower()
    with app.app_context():
        lamp = db.session.scalars(select(Template)).one()
        counts = lamp.created_by, lamp.like_count, lamp.review_count, lamp.rating_total
        db.session.remove()
    assert counts == (None, 0, 0, 0)


@pytest.mark.own_installation  # closing a file that was read drops the locks SQLite has on it
def test_61_sqlite_overwrites_what_it_deletes(
    app: Flask, client: FlaskClient, make_user: MakeUser, installation: Installation, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL does when it vacuums")
    person = make_user(name="quagga-two")
    client.post("/api/v1/items", json={"title": "Quagga" * 40}, headers=person.headers)
    path = next(installation.folder.database.glob("*.db"))
    assert has_word(path)
    client.delete(f"{USERS}/me", headers=person.headers)
    assert not has_word(path)


def has_word(path: Path) -> bool:
    """Whether the word stands in a database's file once all that was written is in it."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return WORD.encode() in path.read_bytes().lower()
