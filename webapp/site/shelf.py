"""Stylesheets and the active theme kept ready in the process, in front of the application.

They are asked for far more often than anything else, and answering them is copying bytes. The shelf
keeps the application's own answers and asks the change counter at each request whether they still
hold, so that a theme published in another process shows at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from webapp.kernel.errors import Unavailable
from webapp.logs import log_kept_answer
from webapp.metrics import count_request
from webapp.ports import ChangeCounter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENTRIES_MAX = 512
SHELVED = frozenset({"/themes/active.json", "/api/v1/themes/active", "/api/v1/themes/color-scheme"})
SHEET_ROUTE = "/themes/<name>.css"
NOT_KEPT = frozenset({"x-request-id", "date"})
ONLY_ON_200 = frozenset({"content-length", "content-type", "content-encoding"})

Headers = list[tuple[str, str]]
Key = tuple[str, str, str]
"""Path, ``Accept-Encoding``, ``Origin``."""
Entry = tuple[Headers, Headers, str, bytes]
"""The headers of a 200, those of a 304, the entity tag, the body."""


class Shelf:
    """WSGI middleware that answers ``GET`` and ``HEAD`` of public theme URLs from memory.

    With the database down it goes on answering what it has (``stale-if-error``, RFC 5861).
    """

    def __init__(self, application: WSGIApplication, changes: ChangeCounter) -> None:
        self.application = application
        self.changes = changes
        self.shelf: tuple[int | None, dict[Key, Entry]] = (None, {})

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        path = environ.get("PATH_INFO", "").rstrip("/")
        method = environ["REQUEST_METHOD"]
        if not is_shelved(path) or method not in ("GET", "HEAD") or "HTTP_AUTHORIZATION" in environ:
            return self.application(environ, start_response)
        kept = self.current()
        key = (path, environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_ORIGIN", ""))
        entry = kept.get(key)
        from_shelf = entry is not None
        if entry is None:
            entry = self.fill(environ, key, kept)
            if entry is None:
                return self.application(environ, start_response)
        headers, headers_304, etag, body = entry
        known = is_known(environ.get("HTTP_IF_NONE_MATCH"), etag)
        if from_shelf:  # the application counts and logs what it is asked to put there
            route = path if path in SHELVED else SHEET_ROUTE
            count_request(method, route, 304 if known else 200, started)
            log_kept_answer(method, path, 304 if known else 200, started)
        if known:
            start_response("304 NOT MODIFIED", headers_304)
            return [b""]
        start_response("200 OK", headers)
        return [b""] if method == "HEAD" else [body]

    def current(self) -> dict[Key, Entry]:
        """The answers that hold now; an empty shelf when something has changed."""
        shelf = self.shelf
        try:
            changes = self.changes()
        except Unavailable:
            return shelf[1]
        if changes != shelf[0]:
            shelf = self.shelf = (changes, {})
        return shelf[1]

    def fill(self, environ: WSGIEnvironment, key: Key, kept: dict[Key, Entry]) -> Entry | None:
        """Ask the application for the whole answer and keep it if it is a 200."""
        answer: list[Any] = []

        def record(status: str, headers: Headers, exc_info: Any = None) -> Any:
            answer[:] = [status, headers]
            return lambda _: None

        plain = {
            name: value
            for name, value in environ.items()
            if name not in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_COOKIE")
        }
        plain["REQUEST_METHOD"] = "GET"
        body = b"".join(self.application(plain, record))
        status, headers = answer
        if not status.startswith("200"):
            return None
        headers = [(name, value) for name, value in headers if name.lower() not in NOT_KEPT]
        headers_304 = [(name, value) for name, value in headers if name.lower() not in ONLY_ON_200]
        etag = next(value for name, value in headers if name.lower() == "etag")
        entry = (headers, headers_304, etag, body)
        if len(kept) >= ENTRIES_MAX:  # callers choose the keys: what is asked for often comes back at once
            kept.clear()
        kept[key] = entry
        return entry


def is_shelved(path: str) -> bool:
    """Whether what ``path`` answers depends on themes alone, and is the same for everybody."""
    return (path.startswith("/themes/") and path.endswith(".css")) or path in SHELVED


def is_known(if_none_match: str | None, etag: str) -> bool:
    """Whether ``If-None-Match`` names ``etag``, by weak comparison (RFC 9110, section 13.1.2)."""
    if if_none_match is None:
        return False
    if if_none_match == etag:
        return True
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in (etag, "*") for tag in tags)
