"""An admin sees the console as somebody else: what they see, that they change nothing, and how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from tests.conftest import MakeUser, Person, console_client, post
from tests.ground.test_permissions import calls
from webapp.domain.accounts.models import User, UserSession
from webapp.domain.accounts.seeing import LASTS
from webapp.domain.audit.events import record
from webapp.domain.audit.models import AuditEvent
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Denied
from webapp.kernel.work import Work

BANNER = "You see the console as"
STOP = "/console/see-as/stop"


def see_as(browser: FlaskClient, person: Person) -> Any:
    return post(browser, f"/console/people/{person.id}/see-as", follow_redirects=True)


def events(app: Flask) -> list[tuple[str, object, str]]:
    with app.app_context():
        found = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        wanted = [(e.action, e.actor_id, e.subject_id) for e in found if "see" in e.action]
        db.session.remove()
    return wanted


def test_the_admin_sees_what_the_person_sees_and_returns_with_one_click(
    app: Flask, as_admin: FlaskClient, admin: Person, editor: Person
) -> None:
    page = see_as(as_admin, editor).text
    assert BANNER in page
    assert f"{editor.username}.</strong>" in page
    assert as_admin.get("/console/people").status_code == 403
    assert as_admin.get("/console/content/data").status_code == 200
    stopped = post(as_admin, STOP)
    assert stopped.headers["Location"] == f"/console/people/{editor.id}"
    assert BANNER not in as_admin.get("/console/people").text
    assert events(app) == [
        ("user.see_as", admin.id, str(editor.id)),
        ("user.stop_seeing_as", admin.id, str(editor.id)),
    ]


def test_nothing_is_changed_and_what_is_personal_stays_closed(
    app: Flask, as_admin: FlaskClient, editor: Person
) -> None:
    see_as(as_admin, editor)
    with app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditEvent))
        db.session.remove()
    let_through = []
    for call in calls(app):
        is_closed = call.method != "GET" or call.url.startswith(
            ("/console/profile", "/console/set-up", "/console/oauth")
        )
        if not (is_closed and call.url.startswith("/console")) or call.endpoint in (
            *("console.stop_seeing_as", "console.logout", "console.color_scheme"),
        ):
            continue
        answer = post(as_admin, call.url) if call.method == "POST" else as_admin.get(call.url)
        if answer.status_code != 403:
            let_through.append((call.method, call.endpoint, answer.status_code))
    assert let_through == []
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before
        db.session.remove()


def test_nothing_can_be_recorded_and_so_nothing_done_with_the_eyes_of_another(
    work: Any, admin: Person, member: Person
) -> None:
    unit: Work = work(replace(member.actor, seen_by=admin.id))
    with pytest.raises(Denied):
        record(unit, "item.create", 1)


@pytest.mark.parametrize(
    ("role", "status"), [("admin", "approved"), ("member", "suspended"), ("member", "pending")]
)
def test_never_as_an_admin_or_as_somebody_who_sees_nothing(
    app: Flask, as_admin: FlaskClient, make_user: MakeUser, role: str, status: str
) -> None:
    assert BANNER not in see_as(as_admin, make_user(role, status=status)).text
    assert events(app) == []


def test_editors_see_as_nobody(as_editor: FlaskClient, member: Person) -> None:
    assert post(as_editor, f"/console/people/{member.id}/see-as").status_code == 403


@pytest.mark.parametrize(
    "change", [{"id": "member", "role": "admin"}, {"id": "member", "status": "suspended"}]
)
def test_it_ends_when_the_person_rises_or_falls(
    app: Flask, as_admin: FlaskClient, member: Person, change: dict[str, str]
) -> None:
    see_as(as_admin, member)
    values = {name: value for name, value in change.items() if name != "id"}
    with app.app_context():
        db.session.execute(update(User).where(User.id == member.id).values(**values))
        db.session.commit()
        db.session.remove()
    page = as_admin.get("/console/people")
    assert page.status_code == 200
    assert BANNER not in page.text


def test_it_ends_by_itself_and_with_the_admins_rights(
    app: Flask, as_admin: FlaskClient, admin: Person, member: Person
) -> None:
    see_as(as_admin, member)
    with as_admin.session_transaction("/console") as cookie:
        user_id, since = cookie["seeing"]
        cookie["seeing"] = [user_id, since - LASTS.total_seconds()]
    assert as_admin.get("/console/people").status_code == 200
    see_as(as_admin, member)
    with app.app_context():
        db.session.execute(update(User).where(User.id == admin.id).values(role="editor"))
        db.session.commit()
        db.session.remove()
    assert BANNER not in as_admin.get("/console").text
    assert timedelta(minutes=30) == LASTS


def test_an_admin_whose_session_has_ended_meanwhile_can_sign_in(
    app: Flask, as_admin: FlaskClient, admin: Person, member: Person
) -> None:
    see_as(as_admin, member)
    with app.app_context():
        db.session.execute(update(UserSession).values(revoked_at=utc_now()))
        db.session.commit()
        db.session.remove()
    assert as_admin.get("/console").status_code == 303
    assert as_admin.get("/console/login").status_code == 200
    form = {"identifier": admin.username, "password": admin.password}
    assert post(as_admin, "/console/login", form).status_code == 303
    assert BANNER not in as_admin.get("/console/people").text


def test_a_stop_without_a_start_is_harmless(as_member: FlaskClient) -> None:
    assert post(as_member, STOP).headers["Location"] == "/console"


def test_the_person_notices_nothing(app: Flask, as_admin: FlaskClient, member: Person) -> None:
    see_as(as_admin, member)
    assert BANNER not in console_client(app, member).get("/console").text
    assert post(as_admin, "/console/logout").status_code == 303
    assert console_client(app, member).get("/console").status_code == 200
