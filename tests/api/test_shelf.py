"""The shelf in front of the application when callers try to fill it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from werkzeug.test import Client

from webapp.site.shelf import ENTRIES_MAX, Shelf


def test_what_is_asked_for_often_is_kept_however_many_others_are() -> None:
    asked: list[str] = []

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        asked.append(environ.get("HTTP_ACCEPT_ENCODING", ""))
        start_response("200 OK", [("ETag", '"1"')])
        return [b"body"]

    client = Client(Shelf(application, lambda: 1))
    for i in range(ENTRIES_MAX):
        client.get("/themes/active.css", headers={"Accept-Encoding": f"x-{i}"})
    for _ in range(3):
        assert client.get("/themes/active.css", headers={"Accept-Encoding": "br"}).data == b"body"
    assert asked.count("br") == 1
