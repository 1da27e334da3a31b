"""Images that a real clamd looks at before they are read: sent here, sent straight to storage."""

from __future__ import annotations

import io
import os
import socket
from collections.abc import Iterator

import pytest
from flask import Flask

from tests.api.conftest import MakeApp
from tests.api.media import run_jobs, send, stored
from tests.api.test_media_direct import agree, confirm, deliver, rows
from tests.conftest import Person
from tests.pictures import encoded, picture
from tests.services import ClamdServer
from webapp import checks
from webapp.adapters.scanner import ClamdScanner
from webapp.kernel.errors import Invalid, Unavailable

pytestmark = pytest.mark.one_database
MALICIOUS = encoded(picture(), comment=ClamdServer.MALICE)


@pytest.fixture(scope="module")
def clamd() -> Iterator[ClamdServer]:
    try:
        server = ClamdServer()
    except FileNotFoundError as missing:
        if os.environ.get("REQUIRE_SERVICES"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    yield server
    server.stop()


@pytest.fixture
def scanned(clamd: ClamdServer, another_app: MakeApp) -> Flask:
    """An application that asks the daemon."""
    return another_app(clamav_address=clamd.address)


def test_what_it_knows_is_refused_and_nothing_is_left(scanned: Flask, member: Person) -> None:
    client = scanned.test_client()
    answer = send(client, member, MALICIOUS)
    assert (answer.status_code, answer.json["code"]) == (422, "infected")
    assert answer.json["errors"][0]["detail"] == "The virus scanner refuses it: Tests.Malice.UNOFFICIAL."
    agreed = agree(client, member, MALICIOUS).json
    deliver(client, agreed, MALICIOUS)
    assert confirm(client, member, agreed).json["code"] == "infected"
    run_jobs(scanned, "media.remove")
    assert (stored(scanned), rows(scanned)) == ([], 0)
    assert send(client, member).status_code == 201


def test_without_it_nothing_is_taken(clamd: ClamdServer, scanned: Flask, member: Person) -> None:
    client = scanned.test_client()
    clamd.kill()
    try:
        answer = send(client, member)
        assert (answer.status_code, answer.json["code"]) == (503, "scanner_unavailable")
        with scanned.app_context():
            assert checks.check_scanner(ClamdScanner(clamd.address)).status == "warning"
    finally:
        clamd.start()
    assert send(client, member).status_code == 201
    assert checks.check_scanner(ClamdScanner(clamd.address)).status == "ok"


def test_what_it_will_not_take_is_refused(clamd: ClamdServer) -> None:
    with pytest.raises(Invalid, match="size limit"):
        ClamdScanner(clamd.address).scan(io.BytesIO(bytes(8 * 1024 * 1024)))


def test_one_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        scanner = ClamdScanner(f"127.0.0.1:{silent.getsockname()[1]}", timeout=0.2)
        with pytest.raises(Unavailable):
            scanner.scan(io.BytesIO(b"x"))
        with pytest.raises(Unavailable):
            scanner.check()
