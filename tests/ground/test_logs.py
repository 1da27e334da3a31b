"""What the request log may hold."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient

from webapp.logs import configure_logging


def test_a_token_in_a_path_is_not_logged(client: FlaskClient, log_lines: list[str]) -> None:
    client.get("/console/first-admin/a-very-secret-token")
    client.get("/api/v1/themes/1")
    assert "a-very-secret-token" not in "\n".join(log_lines)
    assert "/api/v1/themes/1" in "\n".join(log_lines)


def test_lines_of_json_say_the_same(client: FlaskClient, capfd: pytest.CaptureFixture[str]) -> None:
    configure_logging(as_json=True)
    capfd.readouterr()
    client.get("/console/first-admin/a-very-secret-token")
    client.get('/no"where%0A', headers={"X-Request-Id": "abc-1"})
    first, second = (json.loads(line) for line in capfd.readouterr().err.splitlines())
    assert first["path"] == "/console/first-admin/<token>"
    assert (second["path"], second["status"], second["request_id"]) == ('/no"where\n', 404, "abc-1")
    assert (second["event"], second["level"], second["method"]) == ("request", "info", "GET")


def test_answers_that_were_kept_ready_are_logged(
    client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    configure_logging(as_json=True)
    etag = client.get("/themes/active.css").headers["ETag"]
    client.get("/api/v1/themes/active")
    capfd.readouterr()
    client.get("/themes/active.css")
    client.head("/api/v1/themes/active/")
    client.get("/themes/active.css", headers={"If-None-Match": etag})
    lines = [json.loads(line) for line in capfd.readouterr().err.splitlines()]
    found = [(line["method"], line["path"], line["status"], line["event"]) for line in lines]
    assert found == [
        ("GET", "/themes/active.css", 200, "request"),
        ("HEAD", "/api/v1/themes/active", 200, "request"),
        ("GET", "/themes/active.css", 304, "request"),
    ]
    assert all(line["ms"] >= 0 and line["timestamp"].endswith("Z") for line in lines)


def test_answers_that_were_kept_ready_have_no_request_id(client: FlaskClient, log_lines: list[str]) -> None:
    client.get("/themes/active.css")
    client.get("/info", headers={"X-Request-Id": "of-another"})
    log_lines.clear()
    client.get("/themes/active.css")
    assert ["/themes/active.css" in line and "of-another" not in line for line in log_lines] == [True]


def test_the_answer_names_the_request(client: FlaskClient) -> None:
    assert client.get("/info", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    forged = client.get("/info", headers={"X-Request-Id": "a b<script>"}).headers["X-Request-Id"]
    assert len(forged) == 32
