"""Reports by period in every format, and what one has made oneself."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.api.greetings import made, make_card, make_template, places
from tests.conftest import Person, console_client
from webapp.domain.cards.models import TemplateUsage
from webapp.extensions import db
from webapp.kernel.clock import utc_now

REPORTS = "/api/v1/admin/reports"


@pytest.fixture
def template(client: FlaskClient, member: Person, editor: Person) -> dict[str, Any]:
    """A template of which two cards were made, one for a festival."""
    festival = made(client, "/festivals", {"name": "Diwali"}, editor)
    template = make_template(client, member, name="=Lamps")
    make_card(client, member, template, festival_id=festival["id"])
    card = make_card(client, editor, template)
    client.delete(f"/api/v1/cards/{card['id']}", headers=editor.headers)
    return template


def test_counts_by_period(app: Flask, client: FlaskClient, admin: Person, template: dict[str, Any]) -> None:
    today = utc_now().date()
    found = client.get(REPORTS, headers=admin.headers).json
    assert (found["period"], found["to"], len(found["rows"])) == ("day", today.isoformat(), 30)
    last = found["rows"][-1]
    assert (last["start"], last["cards"], last["templates"], last["users"]) == (today.isoformat(), 2, 1, 3)
    assert last["festivals"] == 1
    assert found["totals"]["cards"] == 2, "a card that is deleted was made all the same"
    assert [(each["name"], each["cards"]) for each in found["templates"]] == [("=Lamps", 2)]
    assert [(each["name"], each["cards"]) for each in found["festivals"]] == [("Diwali", 1)]
    earlier = utc_now() - timedelta(days=40)
    with app.app_context():
        first = update(TemplateUsage).where(TemplateUsage.festival_id.is_not(None))
        db.session.execute(first.values(created_at=earlier))
        db.session.commit()
        db.session.remove()
    since = (today - timedelta(days=60)).isoformat()
    months = client.get(f"{REPORTS}?period=month&from={since}", headers=admin.headers).json
    assert months["totals"]["cards"] == 2 and len(months["rows"]) in (2, 3)
    assert months["rows"][0]["start"] == since
    weeks = client.get(f"{REPORTS}?period=week&from={since}", headers=admin.headers).json
    assert [row["cards"] for row in weeks["rows"] if row["cards"]] == [1, 1]
    assert client.get(REPORTS, headers=admin.headers).json["totals"]["cards"] == 1
    for query in ("from=2026-01-02&to=2026-01-01", "from=1999-01-01", "period=year", "format=doc"):
        assert client.get(f"{REPORTS}?{query}", headers=admin.headers).status_code == 422, query
    assert places(client.get(f"{REPORTS}?from=1999-01-01", headers=admin.headers)) == {"/query/from"}


@pytest.mark.one_database
def test_files(client: FlaskClient, admin: Person, editor: Person, template: dict[str, Any]) -> None:
    def read(form: str) -> Any:
        answer = client.get(f"{REPORTS}?format={form}", headers=admin.headers)
        assert answer.status_code == 200 and answer.headers["Content-Disposition"].endswith(f'.{form}"')
        return answer.data

    rows = list(csv.DictReader(io.StringIO(read("csv").decode("utf-8-sig"))))
    assert (len(rows), rows[-1]["cards"], rows[-1]["festivals"]) == (30, "2", "1")
    book = openpyxl.load_workbook(io.BytesIO(read("xlsx")))
    assert book.sheetnames == ["Periods", "Templates", "Festivals"]
    assert [cell.value for cell in book["Periods"][31]][2] == 2
    assert [cell.value for cell in book["Templates"][2]] == ["'=Lamps", 2], "no spreadsheet runs a name"
    assert read("pdf").startswith(b"%PDF-")
    assert client.get(REPORTS, headers=editor.headers).status_code == 403


def test_ones_own(client: FlaskClient, member: Person, editor: Person, template: dict[str, Any]) -> None:
    client.post(f"/api/v1/templates/{template['id']}/like", headers=editor.headers)
    mine = client.get("/api/v1/users/analytics", headers=member.headers).json
    assert (mine["cards_made"], mine["cards_kept"], mine["cards_last_30_days"]) == (1, 1, 1)
    assert mine["templates"] == {"total": 1, "usage": 2, "likes": 1, "views": 0}
    [festival] = mine["favourite_festivals"]
    assert (UUID(festival["id"]).version, festival["name"], festival["cards"]) == (7, "Diwali", 1)
    other = client.get("/api/v1/users/analytics", headers=editor.headers).json
    assert (other["cards_made"], other["cards_kept"], other["templates"]["total"]) == (1, 0, 0)
    assert client.get("/api/v1/users/analytics").status_code == 401


@pytest.mark.one_database
def test_the_page_of_the_console(
    app: Flask, client: FlaskClient, admin: Person, editor: Person, template: dict[str, Any]
) -> None:
    browser, page = console_client(app, admin), "/console/analytics/reports"
    today = utc_now().date()
    week = f"?period=week&since={today - timedelta(days=600)}&until={today}"
    shown = browser.get(page).get_data(as_text=True)
    assert f"{today:%-d %B %Y}" in shown and "=Lamps" in shown and "Diwali" in shown
    assert browser.get(f"{page}?since=1999-01-01").location == page
    assert browser.get(f"{page}?since=x&period=year").status_code == 200
    assert (
        browser.get(f"{page}?since={today - timedelta(days=600)}")
        .get_data(as_text=True)
        .count('<td class="numeric" data-label="People">')
        == 92
    )
    for form in ("csv", "xlsx", "pdf"):
        same = f"{REPORTS}?period=week&from={today - timedelta(days=600)}&to={today}&format={form}"
        wanted, found = client.get(same, headers=admin.headers), browser.get(f"{page}/{form}{week}")
        assert found.content_type == wanted.content_type and len(found.data) > 100, form
        assert found.headers["Content-Disposition"] == wanted.headers["Content-Disposition"]
    assert browser.get(f"{page}/csv{week}").data == client.get(same[:-3] + "csv", headers=admin.headers).data
    assert browser.get(f"{page}/json").status_code == 404
    for path in (page, f"{page}/csv"):
        assert console_client(app, editor).get(path).status_code == 403, path
