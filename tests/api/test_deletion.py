"""A deleted account leaves no word of its person in any table or file."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.conftest import MakeUser, Person
from tests.installations import Installation
from webapp.extensions import db
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
    return found + [path.name for path in files if WORD.encode() in path.read_bytes().lower()]


def test_61_nothing_is_left(
    app: Flask, client: FlaskClient, admin: Person, make_user: MakeUser, installation: Installation
) -> None:
    person = make_user("editor", name="quagga-one", full_name="Quagga Zebra")
    agent = {**person.headers, "User-Agent": "Quagga/1.0"}
    client.put(f"{USERS}/me", json={"first_name": "Quagga"}, headers=agent)
    client.post("/api/v1/items", json={"title": "Quagga's item"}, headers=agent)
    token = {"name": "Quagga's key", "scopes": ["account:read"]}
    client.post(f"{USERS}/me/tokens", json=token, headers=agent)
    body = {"username": person.username, "password": person.password}
    client.post("/api/v1/auth/login", json=body, headers={"User-Agent": "Quagga/1.0"})
    client.put(f"/api/v1/admin/users/{person.id}", json={"last_name": "Quagga"}, headers=admin.headers)
    folder = installation.settings.data_dir
    assert {"users", "items", "api_tokens", "user_sessions"} <= set(traces(app, folder))
    assert client.delete(f"{USERS}/{person.id}", headers=admin.headers).status_code == 200
    assert traces(app, folder) == []
