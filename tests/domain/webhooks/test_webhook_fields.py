"""Signatures by the specification's own example, what fields may hold, and that every topic can happen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from webapp.domain.webhooks.fields import webhook_errors
from webapp.domain.webhooks.signing import signature
from webapp.domain.webhooks.topics import TOPICS


def test_the_vector_of_the_specification() -> None:
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, {"/name", "/url", "/events"}),
        ({"name": " ", "url": "ftp://example.org", "events": ["users"]}, {"/name", "/url", "/events/0"}),
        ({"name": "x", "url": "https://a:b@example.org/", "events": ["data"]}, {"/url"}),
        ({"name": "x", "url": "https:///x", "events": ["data"]}, {"/url"}),
        ({"name": "x", "url": "https://example.org/a b", "events": ["data"]}, {"/url"}),
        ({"name": "x", "url": "https://example.org/\r\nX: y", "events": ["data"]}, {"/url"}),
        ({"name": "x", "url": "https://example.org:99999/", "events": ["data"]}, {"/url"}),
        ({"name": "x", "url": "https://example.org/", "events": "data"}, {"/events"}),
        ({"name": "x" * 101, "url": "x" * 3000, "events": [], "is_active": 1, "secret": "x"},
         {"/name", "/url", "/events", "/is_active", "/secret"}),
    ],
)  # fmt: skip
def test_wrong_fields_are_all_named(fields: dict[str, object], wrong: set[str]) -> None:
    assert {error.pointer for error in webhook_errors(fields)} == wrong


def test_every_event_is_one_that_the_audit_log_knows() -> None:
    """A verb that nobody records would never be told."""
    root = Path(__file__).resolve().parents[3] / "webapp" / "domain"
    sources = "\n".join(path.read_text() for path in root.rglob("*.py") if "webhooks" not in path.parts)
    for topic in TOPICS.values():
        for type_ in topic.types:
            verb = type_.split(".")[1]
            assert re.search(rf'"({re.escape(type_)}|{verb}|\{{[a-z_.]+\}}\.{verb})"', sources), type_
