"""Webhooks in the console: make one, see its secret once, ping, look at the log, change, delete."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import post, text
from tests.mails import do_jobs

PAGE = "/console/webhooks"
FORM = {"name": "Build <b>", "url": "http://127.0.0.1:1/", "events": ["data"], "is_active": "y"}


def test_the_story_of_a_webhook(app: Flask, as_admin: FlaskClient) -> None:
    assert "No webhooks yet" in text(as_admin.get(PAGE))
    made = text(post(as_admin, f"{PAGE}/new", FORM))
    assert "whsec_" in made
    assert "Build &lt;b&gt;" in made
    found = re.search(rf"{PAGE}/[0-9a-f-]{{36}}", made)
    assert found is not None
    url = found[0]
    assert "whsec_" not in text(as_admin.get(url))
    assert "Nothing sent yet" in text(as_admin.get(url))
    assert url in text(as_admin.get(PAGE))
    sent = post(as_admin, f"{url}/ping")
    do_jobs(app)
    delivery = sent.headers["Location"]
    assert "private address" in text(as_admin.get(delivery))
    assert "Given up after 1 attempt" in text(as_admin.get(delivery))
    assert "Attempts, the last first" in text(as_admin.get(delivery))
    assert delivery in text(as_admin.get(f"{url}?status=failed"))
    assert delivery not in text(as_admin.get(f"{url}?status=delivered"))
    assert post(as_admin, f"{delivery}/resend").status_code == 303
    assert "whsec_" in text(post(as_admin, f"{url}/secret"))
    assert post(as_admin, f"{url}/delete").status_code == 303
    assert as_admin.get(url).status_code == 404


def test_wrong_fields_and_two_admins(as_admin: FlaskClient) -> None:
    wrong = post(as_admin, f"{PAGE}/new", {"name": "", "url": "ftp://x", "is_active": "y"})
    assert wrong.status_code == 422
    assert text(wrong).count('class="field-errors"') == 3
    found = re.search(rf"{PAGE}/[0-9a-f-]{{36}}", text(post(as_admin, f"{PAGE}/new", FORM)))
    assert found is not None
    page = text(as_admin.get(f"{found[0]}/edit"))
    tag = re.search(r'name="tag"[^>]*value="([^"]+)"', page)
    assert tag is not None
    saved = {**FORM, "events": ["data", "themes"], "tag": tag[1]}
    assert post(as_admin, f"{found[0]}/edit", saved).status_code == 303
    stale = post(as_admin, f"{found[0]}/edit", {**FORM, "tag": tag[1]})
    assert stale.status_code == 412
    assert "data, themes" in text(stale)
    again = re.search(r'name="tag"[^>]*value="([^"]+)"', text(stale))
    assert again is not None
    assert again[1] != tag[1]
