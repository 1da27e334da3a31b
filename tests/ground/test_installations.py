"""What one test does to its installation, the next one does not see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from tests.conftest import MakeInstallation
from tests.installations import Installation, close_app
from webapp.access import public
from webapp.app import create_app
from webapp.domain.themes.commands import create_theme, update_theme
from webapp.domain.themes.models import Theme
from webapp.domain.themes.presets import PRESETS
from webapp.extensions import db, limiter
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

ACTIVE = "/themes/active.css"


@pytest.fixture
def used(make_installation: MakeInstallation, database_kind: str) -> Iterator[Installation]:
    """An installation that nobody else has, and that has answered once."""
    installation = make_installation(database_kind)
    installation.app.test_client().get(ACTIVE)
    yield installation
    installation.close()


def within(app: Flask, act: Callable[[Work], object]) -> None:
    with app.app_context():
        act(Work(db.session(), SYSTEM, utc_now()))
        db.session.commit()
        db.session.remove()


def theme_ids(app: Flask) -> list[int]:
    with app.app_context():
        found = list(db.session.scalars(select(Theme.id).order_by(Theme.id)))
        db.session.remove()
    return found


def test_rows_numbers_and_answers(used: Installation) -> None:
    app = used.app
    before = app.test_client().get(ACTIVE).data
    for _ in range(2):
        within(app, lambda work: update_theme(work, 1, {"colors": {"primary": "#012345"}}))
        within(app, lambda work: create_theme(work, {"name": "Another", **PRESETS[0].document}))
        assert theme_ids(app) == [1, 2]
        assert b"#012345" in app.test_client().get(ACTIVE).data
        assert used.put_back()
        assert theme_ids(app) == [1]
        assert app.test_client().get(ACTIVE).data == before
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(text("theme_revisions"))) == 1
        db.session.remove()


def test_files_configuration_and_extensions(used: Installation, tmp_path: Path) -> None:
    (used.folder.data / "left.txt").write_text("left")
    used.app.config["ENVIRONMENT"] = "production"
    used.app.config["LEFT"] = True
    other = create_app(replace(used.settings, rate_limits=True, data_dir=tmp_path))
    assert limiter.enabled
    close_app(other)
    assert used.put_back()
    assert not (used.folder.data / "left.txt").exists()
    assert (used.app.config["ENVIRONMENT"], used.app.config.get("LEFT")) == ("development", None)
    assert not limiter.enabled


def test_a_table_that_was_dropped(used: Installation, database_kind: str) -> None:
    within(used.app, lambda work: work.session.execute(text("DROP TABLE app_settings")))
    assert used.put_back() is (database_kind == "sqlite")
    if database_kind == "sqlite":
        assert used.app.test_client().get("/info").status_code == 200


def test_a_table_that_was_made(used: Installation, database_kind: str) -> None:
    within(used.app, lambda work: work.session.execute(text("CREATE TABLE left_over (n int)")))
    assert used.put_back() is (database_kind == "sqlite")
    with used.app.app_context():
        there = "left_over" in db.inspect(db.engine).get_table_names()
    assert there is (database_kind == "postgresql")


def test_a_route_that_was_added(make_installation: MakeInstallation, database_kind: str) -> None:
    installation = make_installation(database_kind)
    installation.app.add_url_rule("/left-over", "left_over", public(lambda: ""))
    assert not installation.put_back()
    installation.close()


def test_a_transaction_that_was_left_open(used: Installation) -> None:
    assert used.open_connections() == 0
    with used.app.app_context():
        db.session.execute(text("UPDATE themes SET name = 'Held'"))
        assert used.open_connections() == 1
        assert not used.put_back(), "it holds a lock"
        db.session.remove()
