"""Rules about rows that are not there yet hold when two people act at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from flask import Flask
from sqlalchemy import func, select

from webapp.domain.accounts.commands import create_first_admin
from webapp.domain.accounts.models import User
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


def test_one_link_makes_one_first_admin(app: Flask) -> None:
    def make(work: Work, n: int) -> None:
        create_first_admin(work, password="correct horse battery", email=f"first{n}@example.org")

    assert at_once(app, make) == ["admin_exists"] * 3 + ["done"]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(User)) == 1
        db.session.remove()


def test_settings_that_were_read_once_are_written_once(app: Flask) -> None:
    with app.app_context():
        seen = {settings_tag(all_settings(db.session()))}
        db.session.remove()

    def write(work: Work, n: int) -> None:
        update_settings(work, {"site_name": f"Name {n}"}, expected=seen)

    assert at_once(app, write) == ["done"] + ["stale"] * 3
