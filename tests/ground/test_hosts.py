"""Hosts that are not ours, as in production."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import MakeInstallation
from tests.installations import close_app
from webapp.app import create_app


@pytest.fixture(scope="module")
def app(make_installation: MakeInstallation) -> Iterator[Flask]:
    """One for all tests here, on one kind of database: who asks for another host never comes as far."""
    installation = make_installation("sqlite")
    hosts = {"public_origin": "https://example.org", "trusted_hosts": ("example.org",)}
    app = create_app(replace(installation.settings, environment="production", **hosts))
    yield app
    close_app(app)
    installation.close()


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
