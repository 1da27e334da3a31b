"""Faults told to Sentry: a real endpoint on loopback reads what is sent."""

from __future__ import annotations

import gzip
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import brotli
import pytest
import sentry_sdk
from flask import Flask

from tests.installations import close_app, make_settings
from tests.services import free_port
from webapp.access import public
from webapp.app import create_app
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.registry import GiveUp, JobRun, handles
from webapp.fault_reports import redact
from webapp.kernel.errors import Unavailable
from webapp.logs import configure_logging
from webapp.web import commit_work, current_work
from webapp.worker.running import Runner

SECRET = "hunter" + "2" * 3
ADDRESS = "@".join(("anna", "example.org"))
"""Put together here, since lines of source are sent with a traceback."""


class Endpoint:
    """Takes envelopes as Sentry does."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.arrived = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                unpack = {"gzip": gzip.decompress, "br": brotli.decompress}
                body = unpack[self.headers["Content-Encoding"]](body)
                endpoint.bodies.append(self.path.encode() + b"\n" + body)
                endpoint.arrived.set()
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.dsn = f"http://publickey@127.0.0.1:{self.server.server_port}/7"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def events(self) -> list[dict[str, Any]]:
        """What came until now, once everything that was captured is sent."""
        sentry_sdk.flush(5)
        found = []
        for body in self.bodies:
            path, _header, item, payload = body.split(b"\n")[:4]
            assert (path, json.loads(item)["type"]) == (b"/api/7/envelope/", "event")
            found.append(json.loads(payload))
        return found


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    endpoint = Endpoint()
    yield endpoint
    endpoint.server.shutdown()
    endpoint.server.server_close()


def reporting_app(database_url: str, folder: Path, dsn: str) -> Flask:
    app = create_app(make_settings(database_url, folder, sentry_dsn=dsn))
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def broken(token: str) -> str:
        password = SECRET
        raise RuntimeError(f"password={password} of {ADDRESS}, {token}")

    def hook_breaks() -> str:
        current_work().after_commit(lambda: [][1])
        return "done"

    def down() -> str:
        raise Unavailable

    app.add_url_rule("/broken/<token>", "broken", public(broken), methods=["POST"])
    app.add_url_rule("/hook", "hook", public(hook_breaks))
    app.add_url_rule("/down", "down", public(down))
    return app


@pytest.fixture
def reporting(database_url: str, tmp_path: Path, endpoint: Endpoint) -> Iterator[Flask]:
    app = reporting_app(database_url, tmp_path, endpoint.dsn)
    yield app
    stop_reporting(app)


def stop_reporting(app: Flask) -> None:
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)
    configure_logging(as_json=False)
    close_app(app)


def test_a_fault_is_told_without_the_person(reporting: Flask, endpoint: Endpoint) -> None:
    token = "t0" * 20
    answer = reporting.test_client().post(
        f"/broken/{token}?token={SECRET}",
        json={"password": SECRET},
        headers={"Authorization": f"Bearer {SECRET}", "Cookie": f"s={SECRET}", "X-Request-Id": "request-1"},
        environ_overrides={"REMOTE_ADDR": "203.0.113.9"},
    )
    assert answer.status_code == 500
    (event,) = endpoint.events()
    (exception,) = event["exception"]["values"]
    assert exception["type"] == "RuntimeError"
    assert exception["value"] == "password=[hidden] of [e-mail], [hidden]"
    assert exception["stacktrace"]["frames"][-1]["function"] == "broken"
    assert (event["transaction"], event["environment"]) == ("/broken/<token>", "development")
    assert event["tags"] == {"request_id": "request-1", "method": "POST"}
    assert event["release"].startswith("rangoli@")
    sent = b"".join(endpoint.bodies)
    for personal in (SECRET, token, ADDRESS, "203.0.113.9", '"vars"', "server_name"):
        assert personal.encode() not in sent, personal


def test_a_hook_that_fails_is_told(reporting: Flask, endpoint: Endpoint) -> None:
    assert reporting.test_client().get("/hook").status_code == 200
    (event,) = endpoint.events()
    assert event["logentry"]["message"] == "after_commit_hook_failed"
    assert event["exception"]["values"][0]["type"] == "IndexError"


def test_what_is_refused_or_down_is_not_told(reporting: Flask, endpoint: Endpoint) -> None:
    client = reporting.test_client()
    assert client.get("/down").status_code == 503
    assert client.get("/nowhere").status_code == 404
    assert endpoint.events() == []


@handles("reports.breaks")
def breaks(run: JobRun) -> None:
    raise LookupError("a fault")


@handles("reports.gives_up")
def gives_up(run: JobRun) -> None:
    raise GiveUp("There is no use in it.")


def test_a_job_that_breaks_is_told(reporting: Flask, endpoint: Endpoint) -> None:
    runner = Runner(reporting)  # type: ignore[arg-type]
    for kind in ("reports.gives_up", "reports.breaks"):
        with reporting.app_context():
            work = runner.begin()
            job_id = enqueue(work, kind).id
            commit_work(work)
        runner.run(job_id)
    (event,) = endpoint.events()
    assert event["transaction"] == "reports.breaks"
    assert event["tags"] == {"job": str(job_id), "kind": "reports.breaks", "attempt": "1"}


def test_a_sentry_that_is_down_holds_nobody_up(database_url: str, tmp_path: Path) -> None:
    app = reporting_app(database_url, tmp_path, f"http://key@127.0.0.1:{free_port()}/7")
    started = time.monotonic()
    assert app.test_client().post("/broken/x").status_code == 500
    assert time.monotonic() - started < 2
    stop_reporting(app)


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("postgresql://me:pw@db/x refused", "postgresql://[credentials]@db/x refused"),
        ("reset_token: abc", "reset_token: [hidden]"),
        ("Authorization: Bearer abc.def", "Authorization: [hidden] [hidden]"),
        ("DETAIL:  Key (username_key)=(anna) already exists.", "DETAIL: [hidden]"),
        ("from 192.0.2.1", "from [address]"),
        ("division by zero", "division by zero"),
    ],
)
def test_words_that_are_redacted(text: str, redacted: str) -> None:
    assert redact(text) == redacted
