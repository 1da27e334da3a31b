"""The console's first page, as each role sees it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MakeUser, console_client, post
from webapp.domain.jobs.models import Worker
from webapp.domain.settings.models import AppSetting
from webapp.domain.themes.commands import update_theme
from webapp.domain.themes.queries import find_active_theme
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

URL = "/console"


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.fixture
def all_is_well(app: Flask) -> None:
    """A worker was seen just now, and no backup is overdue."""
    now = utc_now()
    with app.app_context():
        db.session.add(Worker(name="host:1", seen_at=now))
        db.session.add(AppSetting(key="backups_every", value="off", created_at=now, updated_at=now))
        db.session.commit()


def test_an_admin_sees_who_waits_and_approves_with_one_click(
    as_admin: FlaskClient, make_user: MakeUser
) -> None:
    waiting = [make_user(status="pending", name=f"waiting-{i}") for i in range(7)]
    page = text(as_admin.get(URL))
    assert "All 7" in page
    assert page.count("/approve") == 5
    answer = post(as_admin, f"/console/people/{waiting[0].id}/approve", {"next": URL})
    assert answer.headers["Location"] == URL
    assert "waiting-0 is approved" in text(as_admin.get(URL))


def test_it_says_when_nothing_waits(as_admin: FlaskClient, all_is_well: None) -> None:
    page = text(as_admin.get(URL))
    assert "Nothing waits for you." in page
    assert "All done" in page


def test_unpublished_changes_wait_for_editors(app: Flask, as_editor: FlaskClient) -> None:
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        theme = find_active_theme(work.session)
        assert theme is not None
        update_theme(work, theme.id, {"colors": {"primary": "#123456"}}, publish=False, message="Bluer <i>")
        db.session.commit()
    page = text(as_editor.get(URL))
    assert "Themes with unpublished changes" in page
    assert "Bluer &lt;i&gt;" in page
    assert "Nothing waits" not in page


def test_each_role_sees_what_it_may_do(
    app: Flask, as_admin: FlaskClient, as_editor: FlaskClient, as_member: FlaskClient
) -> None:
    for client, seen, unseen in (
        (as_admin, ("This installation", "Theme in use", "Settings"), ("What you can do",)),
        (
            as_editor,
            ("What you can do", "Change the look", "Theme in use"),
            ("This installation", "Approvals"),
        ),
        (
            as_member,
            ("What you can do", "Theme in use"),
            ("Change the look", "Unpublished", "/console/themes"),
        ),
    ):
        page = text(client.get(URL))
        assert [words for words in seen if words not in page] == []
        assert [words for words in unseen if words in page] == []
    for client in (as_editor, as_member):
        assert "/themes/active.css" in text(client.get(URL))


def test_the_state_of_the_installation_names_what_is_wrong(
    app: Flask, as_admin: FlaskClient, all_is_well: None
) -> None:
    assert "Healthy" in text(as_admin.get(URL))
    app.config["DATA_DIR"] = app.config["DATA_DIR"] / "missing"
    page = text(as_admin.get(URL))
    assert "Needs attention" in page
    assert "cannot be written" in page


def test_a_waiting_person_has_no_dashboard(app: Flask, make_user: MakeUser) -> None:
    assert console_client(app, make_user(status="pending")).get(URL).status_code == 303
