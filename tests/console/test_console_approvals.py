"""Letting people in: one by one, several at once, all who match."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from tests.conftest import MakeUser, Person, post
from webapp.domain.accounts.models import REASON_MAX, Status, User
from webapp.extensions import db
from webapp.kernel.clock import utc_now

LIST = "/console/people/approvals"
Load = Callable[[UUID], User | None]


@pytest.fixture
def waiting(make_user: MakeUser) -> list[Person]:
    return [make_user(status="pending", name=f"waiting-{i}") for i in range(3)]


@pytest.fixture
def many(app: Flask) -> list[UUID]:
    """Thirty people who wait, more than one page of them."""
    with app.app_context():
        now = utc_now()
        users = [User(email=f"crowd-{i:02}@example.org", created_at=now, updated_at=now) for i in range(30)]
        for user in users:
            user.refresh_keys()
        db.session.add_all(users)
        db.session.commit()
        return [user.id for user in users]


def statuses(load_user: Load, ids: list[UUID]) -> set[str]:
    return {user.status for user_id in ids if (user := load_user(user_id))}


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def test_people_wait_in_the_order_they_asked(as_admin: FlaskClient, waiting: list[Person]) -> None:
    page = text(as_admin.get(LIST))
    places = [page.index(f'value="{person.id}"') for person in waiting]
    assert places == sorted(places)
    backwards = text(as_admin.get(f"{LIST}?sort=-email"))
    places = [backwards.index(f'value="{person.id}"') for person in waiting]
    assert places == sorted(places, reverse=True)


def test_one_click_approves_and_comes_back_to_the_same_filters(
    as_admin: FlaskClient, waiting: list[Person], load_user: Load
) -> None:
    came_from = f"{LIST}?q=waiting&sort=-joined"
    assert f'name="next" value="{came_from.replace("&", "&amp;")}"' in text(as_admin.get(came_from))
    answer = post(as_admin, f"/console/people/{waiting[0].id}/approve", {"next": came_from})
    assert (answer.status_code, answer.headers["Location"]) == (303, came_from)
    assert load_user(waiting[0].id).status == Status.APPROVED  # type: ignore[union-attr]
    page = text(as_admin.get(came_from))
    assert "waiting-0 is approved and can sign in." in page
    assert "waiting-0@" not in page


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\t/evil.example", "/docs"])
def test_an_action_comes_back_to_the_console_only(
    as_admin: FlaskClient, waiting: list[Person], target: str
) -> None:
    answer = post(as_admin, f"/console/people/{waiting[0].id}/approve", {"next": target})
    assert answer.headers["Location"] == "/console"


def test_approving_twice_says_so(as_admin: FlaskClient, member: Person) -> None:
    answer = post(as_admin, f"/console/people/{member.id}/approve", follow_redirects=True)
    assert "This person is approved already." in text(answer)


def test_a_page_that_emptied_leads_to_the_last_one(as_admin: FlaskClient, many: list[UUID]) -> None:
    answer = as_admin.get(f"{LIST}?page=9&sort=email")
    assert answer.headers["Location"] == f"{LIST}?sort=email&page=2"
    assert "26–30 of 30 people" in text(as_admin.get(answer.headers["Location"]))


@pytest.mark.parametrize(
    "query", ["status=nonsense", "sort=password_hash", "page=-1", f"page={9**40}", "role=x"]
)
def test_an_address_that_asks_for_nothing_shows_the_list(
    as_admin: FlaskClient, waiting: list[Person], query: str
) -> None:
    answer = as_admin.get(f"{LIST}?{query}", follow_redirects=True)
    assert answer.status_code == 200
    assert text(answer).count("data-bulk-row") == 3


def test_empty_lists_say_why(as_admin: FlaskClient) -> None:
    assert "Nobody waits" in text(as_admin.get(LIST))
    assert "Nothing matches" in text(as_admin.get(f"{LIST}?q=nobody-like-that"))
    assert "Nobody is turned away" in text(as_admin.get(f"{LIST}?status=rejected"))


def test_names_are_text_and_nothing_else(as_admin: FlaskClient, make_user: MakeUser) -> None:
    make_user(
        status="pending", full_name='"><script>alert(1)</script>', name="o'neil<b>", email="oneil@example.org"
    )
    page = text(as_admin.get(LIST))
    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_a_list_asks_the_database_as_often_for_many_as_for_few(
    app: Flask, as_admin: FlaskClient, waiting: list[Person]
) -> None:
    def count() -> int:
        statements: list[str] = []
        with app.app_context():
            engine = db.engine

        def listen(*args: Any) -> None:
            statements.append(args[2])

        event.listen(engine, "before_cursor_execute", listen)
        as_admin.get(LIST)
        as_admin.get("/console/people")
        event.remove(engine, "before_cursor_execute", listen)
        return len(statements)

    few = count()
    with app.app_context():
        now = utc_now()
        db.session.add_all(User(email=f"x{i}@example.org", created_at=now, updated_at=now) for i in range(20))
        db.session.commit()
    assert count() == few


# --- rejecting ------------------------------------------------------------------------------


def test_a_reason_goes_with_a_rejection_and_is_read_at_sign_in(
    app: Flask, as_admin: FlaskClient, waiting: list[Person]
) -> None:
    url = f"/console/people/{waiting[0].id}/reject"
    assert "Reject waiting-0?" in text(as_admin.get(f"{url}?next={LIST}"))
    answer = post(as_admin, url, {"reason": "  Not from our town. ", "next": f"{LIST}?sort=email"})
    assert answer.headers["Location"] == f"{LIST}?sort=email"
    assert "Not from our town." in text(as_admin.get(f"{LIST}?status=rejected"))
    credentials = {"identifier": waiting[0].username, "password": waiting[0].password}
    rejected = app.test_client()
    assert post(rejected, "/console/login", credentials).headers["Location"] == "/console/standing"
    assert "Not from our town." in text(rejected.get("/console/standing"))


def test_a_reason_that_is_too_long_is_kept_and_shown_at_its_field(
    as_admin: FlaskClient, waiting: list[Person], load_user: Load
) -> None:
    reason = "x" * (REASON_MAX + 1)
    answer = post(as_admin, f"/console/people/{waiting[0].id}/reject", {"reason": reason})
    assert answer.status_code == 422
    assert reason in text(answer)
    assert 'id="reason-error"' in text(answer)
    assert load_user(waiting[0].id).status == Status.PENDING  # type: ignore[union-attr]


def test_nobody_reviews_themselves(as_admin: FlaskClient, admin: Person, load_user: Load) -> None:
    answer = post(as_admin, f"/console/people/{admin.id}/reject", {"reason": "me"})
    assert answer.status_code == 422
    assert "You cannot review your own account." in text(answer)
    assert load_user(admin.id).status == Status.APPROVED  # type: ignore[union-attr]


# --- several at once ------------------------------------------------------------------------


def test_a_few_are_approved_at_once(as_admin: FlaskClient, waiting: list[Person], load_user: Load) -> None:
    chosen = [person.id for person in waiting[:2]]
    answer = post(as_admin, LIST, {"action": "approve", "ids": chosen, "next": f"{LIST}?sort=email"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}?sort=email")
    assert statuses(load_user, chosen) == {Status.APPROVED}
    assert load_user(waiting[2].id).status == Status.PENDING  # type: ignore[union-attr]
    assert "2 people approved." in text(as_admin.get(LIST))


@pytest.mark.parametrize(
    "form", [{"action": "approve"}, {"action": "delete", "ids": [uuid4()]}, {"action": "approve", "ids": "x"}]
)
def test_a_selection_of_nobody_changes_nothing(as_admin: FlaskClient, form: dict[str, Any]) -> None:
    answer = post(as_admin, LIST, form, follow_redirects=True)
    assert "Select at least one person first." in text(answer)


def test_several_are_rejected_after_a_reason_was_asked_for(
    as_admin: FlaskClient, waiting: list[Person], load_user: Load
) -> None:
    form = {"action": "reject", "ids": [person.id for person in waiting]}
    question = text(post(as_admin, LIST, form))
    assert "Reject 3 people?" in question
    assert statuses(load_user, form["ids"]) == {Status.PENDING}  # type: ignore[arg-type]
    assert all(f'name="ids" value="{person.id}"' in question for person in waiting)
    answer = post(as_admin, LIST, {**form, "confirmed": "1", "reason": "Closed until spring."})
    assert answer.status_code == 303
    assert {load_user(person.id).rejection_reason for person in waiting} == {"Closed until spring."}  # type: ignore[union-attr]


def test_those_who_could_not_be_reviewed_are_named_with_the_reason(
    as_admin: FlaskClient, admin: Person, member: Person, waiting: list[Person], load_user: Load
) -> None:
    gone = uuid4()
    chosen = [waiting[0].id, member.id, admin.id, gone]
    answer = post(as_admin, LIST, {"action": "approve", "ids": chosen})
    page = text(answer)
    assert answer.status_code == 409
    assert load_user(waiting[0].id).status == Status.APPROVED  # type: ignore[union-attr]
    assert "1 person approved." in page
    assert "3 people could not be reviewed" in page
    for name, reason in (
        (member.username, "This person is approved already."),
        (admin.username, "You cannot review your own account."),
        ("Somebody who was deleted", "User not found"),
    ):
        assert f"<strong>{name}</strong>: {reason}" in page


def test_all_who_match_are_frozen_before_they_are_confirmed(
    as_admin: FlaskClient, waiting: list[Person], many: list[UUID], load_user: Load
) -> None:
    answer = post(as_admin, f"{LIST}?q=crowd", {"action": "approve", "all_matching": "1", "ids": many[:1]})
    question = text(answer)
    assert "Approve 30 people?" in question
    assert set(re.findall(r'name="ids" value="([^"]+)"', question)) == {str(user_id) for user_id in many}
    assert statuses(load_user, many) == {Status.PENDING}

    form = {"action": "approve", "ids": many, "confirmed": "1"}
    refused = post(as_admin, f"{LIST}?q=crowd", {**form, "confirmation": "approve 3"})
    assert refused.status_code == 422
    assert 'value="approve 3"' in text(refused)
    assert 'id="confirmation-error"' in text(refused)
    assert statuses(load_user, many) == {Status.PENDING}

    assert post(as_admin, LIST, {**form, "confirmation": "approve 30"}).status_code == 303
    assert statuses(load_user, many) == {Status.APPROVED}
    assert statuses(load_user, [person.id for person in waiting]) == {Status.PENDING}


def test_the_words_are_asked_for_from_twenty_people_on(as_admin: FlaskClient, many: list[UUID]) -> None:
    assert post(as_admin, LIST, {"action": "approve", "ids": many[:20]}).status_code == 200
    assert post(as_admin, LIST, {"action": "approve", "ids": many[:19]}).status_code == 303


def test_a_selection_without_a_csrf_token_is_refused(
    as_admin: FlaskClient, waiting: list[Person], load_user: Load
) -> None:
    ids = [person.id for person in waiting]
    assert as_admin.post(LIST, data={"action": "approve", "ids": ids}).status_code == 400
    assert statuses(load_user, ids) == {Status.PENDING}
