"""What the request log may hold."""

from __future__ import annotations

import logging

import pytest
from flask.testing import FlaskClient


def logged(caplog: pytest.LogCaptureFixture) -> str:
    return "\n".join(str(record.msg) for record in caplog.records if record.name == "rangoli.request")


def test_a_token_in_a_path_is_not_logged(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        client.get("/console/first-admin/a-very-secret-token")
        client.get("/api/v1/themes/1")
    assert "a-very-secret-token" not in logged(caplog)
    assert "/api/v1/themes/1" in logged(caplog)


def test_the_answer_names_the_request(client: FlaskClient) -> None:
    assert client.get("/info", headers={"X-Request-Id": "abc-1"}).headers["X-Request-Id"] == "abc-1"
    forged = client.get("/info", headers={"X-Request-Id": "a b<script>"}).headers["X-Request-Id"]
    assert len(forged) == 32
