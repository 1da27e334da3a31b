"""Rules about rows that are not there yet hold when two people act at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.api.test_theme_races import at_once as requests_at_once
from tests.api.test_theme_races import post as call
from tests.api.test_theme_races import statuses
from webapp.domain.accounts import commands
from webapp.domain.accounts.commands import create_first_admin
from webapp.domain.accounts.models import User
from webapp.domain.accounts.passwords import hash_password
from webapp.domain.settings.commands import update_settings
from webapp.domain.settings.queries import all_settings, settings_tag
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import DomainError
from webapp.kernel.work import SYSTEM, Work


def at_once(app: Flask, act: Callable[[Work, int], object], number: int = 4) -> list[str]:
    """Do ``act`` in units of work of their own at the same time; the code of each, ``done`` where it went."""

    def attempt(n: int) -> str:
        with app.app_context():
            work = Work(db.session(), SYSTEM, utc_now())
            try:
                act(work, n)
                db.session.commit()
                return "done"
            except DomainError as error:
                db.session.rollback()
                return error.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(attempt, range(number)))


def test_one_link_makes_one_first_admin(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(work: Work, n: int) -> None:
        create_first_admin(work, password="correct horse battery", email=f"first{n}@example.org")

    writes = []

    def watched(password: str) -> str:
        writes.append(db.session().in_transaction())
        return hash_password(password)

    monkeypatch.setattr(commands, "hash_password", watched)
    assert at_once(app, make) == ["admin_exists"] * 3 + ["done"]
    assert writes and not any(writes), "nobody waits while a password is hashed"
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
        db.session.remove()


@pytest.mark.parametrize(
    ("names", "field"),
    [({"username": "wanted"}, "username"), ({"email": "wanted@example.org"}, "email")],
)
def test_a_name_that_two_take_at_the_same_moment(
    client: FlaskClient, app: Flask, names: dict[str, str], field: str
) -> None:
    body = {"password": "correct horse battery", **names}
    for _ in range(3):
        answers = requests_at_once(app, *[call("/api/v1/auth/register", {}, json=body)] * 2)
        assert statuses(answers) == {200: 1, 409: 1}
        for answer in answers:
            if answer.status_code == 409:
                assert [(e["pointer"], e["code"]) for e in answer.json["errors"]] == [(f"/{field}", "taken")]
        body = {**body, field: f"again.{body[field]}"}


def test_settings_that_were_read_once_are_written_once(app: Flask) -> None:
    with app.app_context():
        seen = {settings_tag(all_settings(db.session()))}
        db.session.remove()

    def write(work: Work, n: int) -> None:
        update_settings(work, {"site_name": f"Name {n}"}, expected=seen)

    assert at_once(app, write) == ["done"] + ["stale"] * 3
