"""The audit log in the console."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.conftest import Person, post
from webapp.domain.audit import queries

URL = "/console/audit"


@pytest.fixture
def renamed(as_admin: FlaskClient, member: Person) -> Person:
    post(as_admin, f"/console/people/{member.id}/suspend")
    return member


def test_it_says_who_did_what(as_admin: FlaskClient, admin: Person, renamed: Person) -> None:
    page = as_admin.get(URL).text
    assert "user.update" in page
    assert f"/console/people/{renamed.id}" in page
    assert admin.username in page
    assert "suspended" in page


@pytest.mark.parametrize(
    "query", ["q=user.update", "action=user.update", "since=2020-01-01&until=2090-01-01", "since=nonsense"]
)
def test_filters_that_fit(as_admin: FlaskClient, renamed: Person, query: str) -> None:
    assert "suspended" in as_admin.get(f"{URL}?{query}").text


@pytest.mark.parametrize("query", ["q=nothing-is-called-so", "action=theme.delete", "until=2020-01-01"])
def test_filters_that_do_not(as_admin: FlaskClient, renamed: Person, query: str) -> None:
    assert "Nothing matches" in as_admin.get(f"{URL}?{query}").text


def test_a_person_is_found_by_name_and_the_export_follows_the_filters(
    as_admin: FlaskClient, renamed: Person
) -> None:
    assert f"/console/audit/export?q={renamed.username}" in as_admin.get(f"{URL}?q={renamed.username}").text
    answer = as_admin.get(f"{URL}/export?q={renamed.username}")
    assert answer.mimetype == "text/csv"
    assert str(renamed.id) in answer.text
    assert "user.update" not in as_admin.get(f"{URL}/export?q=nothing-is-called-so").text


def test_an_export_that_is_too_long_says_so(
    as_admin: FlaskClient, renamed: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "EXPORT_MAX", 1)
    page = as_admin.get(f"{URL}/export", follow_redirects=True).text
    assert "Choose a shorter period" in page
