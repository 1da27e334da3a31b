"""Product settings in the console."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from tests.conftest import post
from webapp.domain.settings.queries import all_settings, settings_tag
from webapp.domain.settings.registry import DEFINITIONS, SITE_NAME_MAX
from webapp.extensions import db

URL = "/console/settings"


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


def saved(app: Flask) -> dict[str, Any]:
    with app.app_context():
        return all_settings(db.session())


def fields(app: Flask, **changes: str) -> dict[str, Any]:
    """What the browser sends: the present settings, the state they are in, and changes."""
    values = saved(app)
    shown = {key: value for key, value in values.items() if value is not False}  # a box that is not ticked
    return {**shown, "tag": settings_tag(values), **changes}


def test_every_setting_has_its_field(as_admin: FlaskClient) -> None:
    page = text(as_admin.get(URL))
    for definition in DEFINITIONS:
        assert f'name="{definition.key}"' in page
        for choice in definition.choices or {}:
            assert f'value="{choice}"' in page


def test_settings_apply_at_once(as_admin: FlaskClient, client: FlaskClient, app: Flask) -> None:
    form = fields(app, site_name="  Festival <b> House ", registration_policy="closed")
    assert post(as_admin, URL, form).headers["Location"] == URL
    assert saved(app)["registration_policy"] == "closed"
    page = text(as_admin.get(URL))
    assert "The settings are saved." in page
    assert 'value="Festival &lt;b&gt; House"' in page
    assert "Festival &lt;b&gt; House" in text(client.get("/console/login"))
    refused = client.post("/api/v1/auth/register", json={"username": "late", "password": "correct horse"})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("site_name", "  "),
        ("site_name", "\u200b\u2060\u3164"),
        ("site_name", "x" * (SITE_NAME_MAX + 1)),
        ("registration_policy", "maybe"),
    ],
)
def test_a_bad_value_is_shown_at_its_field(as_admin: FlaskClient, app: Flask, key: str, value: str) -> None:
    before = saved(app)
    answer = post(as_admin, URL, fields(app, gallery_visibility="public", **{key: value}))
    page = text(answer)
    assert answer.status_code == 422
    assert f'id="{key}-error"' in page
    assert saved(app) == before
    checked = page[: page.index('value="public"') + 200].rsplit("<input", 1)[1]
    assert "checked" in checked, "the other choice is kept"


def test_settings_that_somebody_else_changed_are_shown_beside_mine(as_admin: FlaskClient, app: Flask) -> None:
    read = fields(app)
    assert post(as_admin, URL, {**read, "site_name": "Theirs"}).status_code == 303
    answer = post(as_admin, URL, {**read, "site_name": "Mine"})
    page = text(answer)
    assert answer.status_code == 412
    assert '<td data-label="Yours">Mine</td><td data-label="Saved meanwhile">Theirs</td>' in page
    assert saved(app)["site_name"] == "Theirs"
    assert post(as_admin, URL, fields(app, site_name="Mine")).status_code == 303


def test_a_success_is_not_told_when_the_commit_fails(as_admin: FlaskClient, app: Flask) -> None:
    def fail(_session: object) -> None:
        raise OperationalError("COMMIT", {}, Exception("the disk is full"))

    form = fields(app, site_name="Lost")
    event.listen(db.session, "before_commit", fail)
    try:
        assert post(as_admin, URL, form).status_code == 503
    finally:
        event.remove(db.session, "before_commit", fail)
    assert "The settings are saved." not in text(as_admin.get(URL))
    assert post(as_admin, URL, form).status_code == 303
    assert "The settings are saved." in text(as_admin.get(URL))


def test_settings_are_for_admins(as_editor: FlaskClient) -> None:
    assert as_editor.get(URL).status_code == 403
