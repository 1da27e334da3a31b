"""Hosts that are not ours, as in production."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from tests.installations import close_app
from webapp.app import create_app


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    origin, hosts = "https://example.org", ("example.org",)
    app = create_app(replace(settings, environment="production", public_origin=origin, trusted_hosts=hosts))
    yield app
    close_app(app)


@pytest.mark.parametrize(
    "path", ["/", "/health", "/console", "/console/login", "/themes/active.css", "/nowhere"]
)
def test_07_a_strange_host_is_refused_in_plain_words(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_07_the_api_refuses_it_with_a_problem(client: FlaskClient) -> None:
    answer = client.get("/api/v1/themes", headers={"Host": "evil.example"})
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")


def test_our_own_host_is_served_with_secure_cookies(client: FlaskClient) -> None:
    answer = client.get("/console/login", headers={"Host": "example.org"})
    assert answer.status_code == 200
    assert "Secure; HttpOnly;" in answer.headers["Set-Cookie"]
