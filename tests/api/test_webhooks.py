"""Webhooks by API: the secret once, entity tags, the log, resend."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.api.entries import Desk
from tests.conftest import Person
from tests.mails import do_jobs

WEBHOOK = {"name": "Build", "url": "https://127.0.0.1:1/hook", "events": ["themes", "data"]}


def test_from_making_to_deleting(app: Flask, client: FlaskClient, admin: Person) -> None:
    desk = Desk(client, admin.headers)
    made = desk.post("/admin/webhooks", WEBHOOK)
    assert made["secret"].startswith("whsec_")
    assert made["events"] == ["data", "themes"]
    path = f"/admin/webhooks/{made['id']}"
    shown = desk.get(path)
    assert "secret" not in shown
    assert desk.get("/admin/webhooks")["data"] == [shown]
    assert desk.put(path, {"name": "Shop"})["name"] == "Shop"
    stale = client.put(f"/api/v1{path}", json={"name": "x"}, headers={**admin.headers, "If-Match": '"x"'})
    assert stale.status_code == 412
    assert desk.post(f"{path}/secret", None, 200)["secret"] != made["secret"]
    desk.add("Told")
    do_jobs(app)
    (delivery,) = desk.get(f"{path}/deliveries", status="queued")["data"]
    assert (delivery["type"], delivery["attempts"]) == ("data.create", 1)
    assert "private address" in delivery["reason"]
    (attempt,) = desk.get(f"{path}/deliveries/{delivery['id']}/attempts")["data"]
    assert (attempt["answer_status"], attempt["reason"]) == (None, delivery["reason"])
    desk.post(f"{path}/deliveries/{delivery['id']}/resend", None, 409)
    ping = desk.post(f"{path}/ping", None, 202)
    do_jobs(app)
    assert desk.get(f"{path}/deliveries/{ping['id']}")["status"] == "failed"
    assert desk.post(f"{path}/deliveries/{ping['id']}/resend", None, 202)["status"] == "queued"
    desk.delete(path)
    desk.get(path, 404)
