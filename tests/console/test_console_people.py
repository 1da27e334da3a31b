"""The list of people and the pages of one: create, change, suspend, delete, two editors at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import PASSWORD, MakeUser, Person, console_client, post
from webapp.domain.accounts.models import NAME_MAX, Status, User

PEOPLE = "/console/people"
Load = Callable[[UUID], User | None]


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def fields_of(user: User | None, **changes: Any) -> dict[str, Any]:
    """What the browser sends for ``user`` with some fields changed."""
    assert user is not None
    names = ("full_name", "first_name", "last_name", "email", "username", "role", "tag")
    return {name: getattr(user, name) or "" for name in names} | changes


# --- the list -------------------------------------------------------------------------------


def test_people_are_found_by_name_role_and_status(
    as_admin: FlaskClient, make_user: MakeUser, editor: Person, member: Person
) -> None:
    suspended = make_user(status="suspended", full_name="ÅSA Sample")
    for query, found in (
        (f"q={editor.username}", [editor]),
        ("q=åsa", [suspended]),
        ("role=editor", [editor]),
        ("status=suspended", [suspended]),
        ("status=approved&role=member", [member]),
        ("q=%25", []),
    ):
        page = text(as_admin.get(f"{PEOPLE}?{query}"))
        everybody = (editor, member, suspended)
        assert [person for person in everybody if f"{PEOPLE}/{person.id}" in page] == found, query
    assert "Nothing matches" in text(as_admin.get(f"{PEOPLE}?q=nobody-like-that"))


def test_a_search_is_shown_as_it_was_typed(as_admin: FlaskClient) -> None:
    page = text(as_admin.get(f"{PEOPLE}?q=%22%3E%3Cscript%3E"))
    assert "<script>" not in page.replace('<script type="module"', "")
    assert 'value="&#34;&gt;&lt;script&gt;"' in page
    assert as_admin.get(f"{PEOPLE}?q=%00").status_code == 400


@pytest.mark.parametrize("path", ["", "/new", "/approvals"])
def test_people_are_for_admins(app: Flask, as_editor: FlaskClient, path: str) -> None:
    assert as_editor.get(PEOPLE + path).status_code == 403
    assert app.test_client().get(PEOPLE + path).status_code == 303


# --- creating -------------------------------------------------------------------------------


def test_a_person_that_is_added_can_sign_in(app: Flask, as_admin: FlaskClient) -> None:
    form = {"full_name": " New Person ", "email": "new@example.org", "role": "editor", "password": PASSWORD}
    answer = post(as_admin, f"{PEOPLE}/new", form)
    page = text(as_admin.get(answer.headers["Location"]))
    assert "New Person can sign in now." in page
    client = app.test_client()
    signed_in = post(client, "/console/login", {"identifier": "new@example.org", "password": PASSWORD})
    assert signed_in.headers["Location"] == "/console"
    assert client.get("/console/themes").status_code == 200


def test_a_refused_person_keeps_what_was_typed(as_admin: FlaskClient, member: Person) -> None:
    form = {
        "full_name": "Kept Name",
        "email": member.email,
        "username": "a@b",
        "role": "admin",
        "password": "",
    }
    answer = post(as_admin, f"{PEOPLE}/new", form)
    page = text(answer)
    assert answer.status_code == 422
    assert 'id="password-error"' in page
    assert 'value="Kept Name"' in page

    answer = post(as_admin, f"{PEOPLE}/new", {**form, "password": "password"})
    page = text(answer)
    assert answer.status_code == 422
    assert 'id="username-error"' in page
    assert 'id="password-error"' in page
    assert 'value="a@b"' in page

    answer = post(as_admin, f"{PEOPLE}/new", {**form, "username": "", "password": PASSWORD})
    assert "User with this email already exists" in text(answer)
    assert 'id="email-error"' in text(answer)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "not an address"),
        ("username", "ab"),
        ("full_name", "x" * (NAME_MAX + 1)),
        ("full_name", "a\x00b"),
        ("role", "owner"),
        ("password", "short"),
    ],
)
def test_each_bad_field_shows_its_error(as_admin: FlaskClient, field: str, value: str) -> None:
    form = {"email": "fine@example.org", "role": "member", "password": PASSWORD, field: value}
    answer = post(as_admin, f"{PEOPLE}/new", form)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in text(answer)


# --- changing -------------------------------------------------------------------------------


def test_names_role_and_premium_are_saved(as_admin: FlaskClient, member: Person, load_user: Load) -> None:
    url = f"{PEOPLE}/{member.id}"
    changes = {"full_name": "Renamed", "last_name": "Sample", "role": "editor", "is_premium": "y"}
    answer = post(as_admin, url, fields_of(load_user(member.id), **changes))
    assert (answer.status_code, answer.headers["Location"]) == (303, url)
    saved = load_user(member.id)
    assert saved is not None
    assert (saved.full_name, saved.last_name, saved.role, saved.is_premium) == (
        "Renamed",
        "Sample",
        "editor",
        True,
    )
    page = text(as_admin.get(url))
    assert "Renamed is saved." in page
    assert post(as_admin, url, fields_of(saved, full_name="", is_premium="")).status_code == 303
    saved = load_user(member.id)
    assert saved is not None
    assert (saved.full_name, saved.is_premium) == (None, False)


def test_a_refused_change_keeps_what_was_typed_and_changes_nothing(
    as_admin: FlaskClient, member: Person, editor: Person, load_user: Load
) -> None:
    form = fields_of(load_user(member.id), email=editor.email.upper(), full_name="Typed Name", role="admin")
    answer = post(as_admin, f"{PEOPLE}/{member.id}", form)
    page = text(answer)
    assert answer.status_code == 422
    assert 'id="email-error"' in page
    assert editor.email.upper() in page
    assert 'value="Typed Name"' in page
    saved = load_user(member.id)
    assert saved is not None
    assert (saved.email, saved.full_name, saved.role) == (member.email, None, "member")


def test_two_admins_at_once_see_both_values_and_lose_nothing(
    as_admin: FlaskClient, member: Person, load_user: Load
) -> None:
    url = f"{PEOPLE}/{member.id}"
    read = load_user(member.id)
    assert post(as_admin, url, fields_of(read, full_name="From the first")).status_code == 303

    answer = post(as_admin, url, fields_of(read, full_name="From the second", last_name="Also"))
    page = text(answer)
    assert answer.status_code == 412
    assert "Somebody else saved this while you were editing" in page
    assert '<td data-label="Yours">From the second</td>' in page
    assert '<td data-label="Saved meanwhile">From the first</td>' in page
    assert 'value="From the second"' in page
    saved = load_user(member.id)
    assert saved is not None
    assert saved.full_name == "From the first"
    assert f'value="{saved.tag}"' in page

    again = post(as_admin, url, fields_of(saved, full_name="From the second", last_name="Also"))
    assert again.status_code == 303
    saved = load_user(member.id)
    assert saved is not None
    assert (saved.full_name, saved.last_name) == ("From the second", "Also")


def test_a_person_who_does_not_exist_is_not_found(as_admin: FlaskClient) -> None:
    assert as_admin.get(f"{PEOPLE}/{UUID(int=9)}").status_code == 404
    assert as_admin.get(f"{PEOPLE}/not-an-id").status_code == 422


# --- suspending, taking back, deleting ------------------------------------------------------


def test_suspension_ends_the_sessions_at_once_and_can_be_undone(
    app: Flask, as_admin: FlaskClient, editor: Person, load_user: Load
) -> None:
    browser = console_client(app, editor)
    assert browser.get("/console").status_code == 200
    answer = post(as_admin, f"{PEOPLE}/{editor.id}/suspend", follow_redirects=True)
    assert "is suspended and signed out everywhere." in text(answer)
    assert f'action="{PEOPLE}/{editor.id}/reinstate"' in text(answer)
    assert browser.get("/console").status_code == 303
    post(as_admin, f"{PEOPLE}/{editor.id}/reinstate")
    assert load_user(editor.id).status == Status.APPROVED  # type: ignore[union-attr]
    assert browser.get("/console").status_code == 303, "a session that was ended stays ended"


def test_an_approval_can_be_taken_back(as_admin: FlaskClient, member: Person, load_user: Load) -> None:
    post(as_admin, f"{PEOPLE}/{member.id}/withdraw")
    assert load_user(member.id).status == Status.PENDING  # type: ignore[union-attr]
    assert str(member.id) in text(as_admin.get("/console/people/approvals"))


def test_a_person_is_deleted_after_a_question(as_admin: FlaskClient, member: Person, load_user: Load) -> None:
    url = f"{PEOPLE}/{member.id}/delete"
    assert f"Delete {member.username}?" in text(as_admin.get(url))
    stale = post(as_admin, url, {"tag": "user-seen-long-ago"})
    assert stale.status_code == 412
    user = load_user(member.id)
    assert user is not None
    answer = post(as_admin, url, {"tag": user.tag})
    assert answer.headers["Location"] == PEOPLE
    assert load_user(member.id) is None


def test_the_last_admin_stays(as_admin: FlaskClient, admin: Person, load_user: Load) -> None:
    user = load_user(admin.id)
    assert user is not None
    page = text(as_admin.get(f"{PEOPLE}/{admin.id}"))
    assert 'name="role"' not in page
    assert f"{PEOPLE}/{admin.id}/delete" not in page
    for verb in ("suspend", "withdraw"):
        answer = post(as_admin, f"{PEOPLE}/{admin.id}/{verb}", follow_redirects=True)
        assert "You cannot change your own role or status." in text(answer)
    post(as_admin, f"{PEOPLE}/{admin.id}", fields_of(user, role="member"))
    answer = post(as_admin, f"{PEOPLE}/{admin.id}/delete", {"tag": load_user(admin.id).tag})  # type: ignore[union-attr]
    assert answer.status_code == 422
    saved = load_user(admin.id)
    assert saved is not None
    assert (saved.role, saved.status) == ("admin", Status.APPROVED)


def test_two_admins_can_dismiss_each_other_but_not_both(
    app: Flask, make_user: MakeUser, load_user: Load
) -> None:
    first, second = make_user("admin"), make_user("admin")
    assert post(console_client(app, first), f"{PEOPLE}/{second.id}/suspend").status_code == 303
    answer = post(console_client(app, second), f"{PEOPLE}/{first.id}/suspend")
    assert answer.headers["Location"].startswith("/console/login")
    assert load_user(first.id).status == Status.APPROVED  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("status", "offers"),
    [
        ("pending", {"approve", "reject"}),
        ("unverified", {"approve", "reject"}),
        ("approved", {"suspend", "withdraw"}),
        ("suspended", {"reinstate"}),
        ("rejected", {"approve"}),
    ],
)
def test_a_page_offers_what_the_status_allows(
    as_admin: FlaskClient, make_user: MakeUser, status: str, offers: set[str]
) -> None:
    person = make_user(status=status)
    page = text(as_admin.get(f"{PEOPLE}/{person.id}"))
    for verb in ("approve", "suspend", "withdraw", "reinstate"):
        assert (f'action="{PEOPLE}/{person.id}/{verb}"' in page) == (verb in offers), verb
    assert (f'href="{PEOPLE}/{person.id}/reject?' in page) == ("reject" in offers)


# --- premium and sessions -------------------------------------------------------------------


def test_premium_has_a_last_day(as_admin: FlaskClient, member: Person, load_user: Load) -> None:
    url = f"{PEOPLE}/{member.id}"
    form = {"is_premium": "y", "subscription_expires_at": "2031-05-04"}
    assert post(as_admin, url, fields_of(load_user(member.id), **form)).status_code == 303
    saved = load_user(member.id)
    assert saved is not None
    assert saved.is_premium
    assert saved.subscription_expires_at is not None
    assert saved.subscription_expires_at.isoformat() == "2031-05-04T23:59:59+00:00"
    assert 'value="2031-05-04"' in text(as_admin.get(url))
    kept = fields_of(saved, **form, full_name="Another")
    assert post(as_admin, url, kept).status_code == 303
    wrong = fields_of(load_user(member.id), is_premium="y", subscription_expires_at="soon")
    assert 'id="subscription_expires_at-error"' in text(post(as_admin, url, wrong))
    endless = fields_of(load_user(member.id), is_premium="y")
    assert post(as_admin, url, endless).status_code == 303
    assert load_user(member.id).subscription_expires_at is None  # type: ignore[union-attr]


def test_an_admin_signs_a_person_out_everywhere(
    app: Flask, client: FlaskClient, as_admin: FlaskClient, admin: Person, member: Person
) -> None:
    url = f"{PEOPLE}/{member.id}"
    assert "Sign out everywhere" in text(as_admin.get(url))
    assert post(as_admin, f"{url}/end-sessions").status_code == 303
    assert console_client(app, member).get("/console").status_code == 303
    assert client.get("/api/v1/auth/me", headers=member.headers).status_code == 401
    assert "Nowhere." in text(as_admin.get(url))
    post(as_admin, f"{PEOPLE}/{admin.id}/end-sessions")
    assert as_admin.get("/console").status_code == 200


def test_a_view_of_people_is_kept(as_admin: FlaskClient) -> None:
    view = {"name": "Editors", "next": f"{PEOPLE}?role=editor&sort=email"}
    assert post(as_admin, "/console/views", view).status_code == 303
    page = text(as_admin.get(PEOPLE))
    assert f"{PEOPLE}?role=editor&amp;sort=email" in page
    assert "E-mail, A to Z" in page
