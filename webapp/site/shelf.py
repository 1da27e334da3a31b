"""Answers kept ready in the process, in front of the application: stylesheets, the active theme, content.

They are asked for far more often than anything else, and answering them is copying bytes. The shelf
keeps the application's own answers to visitors and asks a change counter at each request whether they
still hold, so that what is published in another process shows at once.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from webapp.kernel.errors import Unavailable
from webapp.logs import log_kept_answer
from webapp.metrics import ROUTE, count_request
from webapp.ports import ChangeCounter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ENTRIES_MAX = 512
BYTES_MAX = 16 * 1024 * 1024
"""Of all bodies that are kept at a time, of themes and of content each."""
BODY_MAX = 256 * 1024
QUERY_MAX = 500
ACTIVE_THEME = frozenset({"/themes/active.json", "/api/v1/themes/active", "/api/v1/themes/color-scheme"})
CONTENT = re.compile(r"/api/v1/(?:data|projects|experiences|tags)(?:/[^/]+)?")
NOT_KEPT = frozenset({"x-request-id", "date"})
PERSONAL = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_COOKIE"})
"""What the application is not told of a visitor, so that its answer is one for all."""
ONLY_ON_200 = frozenset({"content-length", "content-type", "content-encoding"})

Headers = list[tuple[str, str]]
Key = tuple[str, str, str, str]
"""Path, query, ``Accept-Encoding``, ``Origin``."""


class Entry(NamedTuple):
    """An answer: the headers of a 200 and those of a 304, its entity tag if it has one, its route."""

    headers: Headers
    headers_304: Headers
    etag: str | None
    body: bytes
    route: str


class Answers:
    """What holds in one state of the database."""

    def __init__(self, state: int | None = None) -> None:
        self.state = state
        self.entries: dict[Key, Entry] = {}
        self.bytes = 0

    def keep(self, key: Key, entry: Entry) -> None:
        """Callers choose the keys: when there are too many, what is asked for often comes back at once."""
        if len(self.entries) >= ENTRIES_MAX or self.bytes + len(entry.body) > BYTES_MAX:
            self.entries.clear()
            self.bytes = 0
        same = self.entries.get(key)  # from another thread, which was asked at the same moment
        self.entries[key] = entry
        self.bytes += len(entry.body) - (len(same.body) if same else 0)


class Kept:
    """Answers that change together."""

    def __init__(self, changes: ChangeCounter) -> None:
        self.changes = changes
        self.answers = Answers()

    def current(self) -> Answers:
        """The answers that hold now; none when something has changed.

        With the database down it goes on with what it has (``stale-if-error``, RFC 5861).
        """
        answers = self.answers
        try:
            state = self.changes()
        except Unavailable:
            return answers
        if state != answers.state:
            answers = self.answers = Answers(state)
        return answers


class Shelf:
    """WSGI middleware that answers ``GET`` and ``HEAD`` of visitors from memory.

    Who sends ``Cache-Control: no-cache`` asks the application (RFC 9111, section 5.2.1.4).
    """

    def __init__(self, application: WSGIApplication, themes: ChangeCounter, content: ChangeCounter) -> None:
        self.application = application
        self.themes, self.content = Kept(themes), Kept(content)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        method = environ["REQUEST_METHOD"]
        path = environ.get("PATH_INFO", "").rstrip("/")
        kept = self.kept_for(path)
        if kept is None or method not in ("GET", "HEAD") or not may_be_kept(environ):
            return self.application(environ, start_response)
        query = environ.get("QUERY_STRING", "") if kept is self.content else ""
        key = (path, query, environ.get("HTTP_ACCEPT_ENCODING", ""), environ.get("HTTP_ORIGIN", ""))
        answers = kept.current()
        entry = answers.entries.get(key)
        from_shelf = entry is not None
        if entry is None:
            status, entry = self.ask(environ)
            if not status.startswith("200"):
                start_response(status, entry.headers)
                return [b""] if method == "HEAD" else [entry.body]
            if len(entry.body) <= BODY_MAX:
                answers.keep(key, entry)
        known = is_known(environ.get("HTTP_IF_NONE_MATCH"), entry.etag)
        if from_shelf:  # the application counts and logs what it is asked to put there
            count_request(method, entry.route, 304 if known else 200, started)
            log_kept_answer(method, path, 304 if known else 200, started)
        if known:
            start_response("304 NOT MODIFIED", entry.headers_304)
            return [b""]
        start_response("200 OK", entry.headers)
        return [b""] if method == "HEAD" else [entry.body]

    def kept_for(self, path: str) -> Kept | None:
        """Where answers of ``path`` are kept, if they are the same for every visitor."""
        if (path.startswith("/themes/") and path.endswith(".css")) or path in ACTIVE_THEME:
            return self.themes
        return self.content if CONTENT.fullmatch(path) else None

    def ask(self, environ: WSGIEnvironment) -> tuple[str, Entry]:
        """The application's whole answer to a visitor, and its status."""
        answer: list[Any] = []

        def record(status: str, headers: Headers, exc_info: Any = None) -> Any:
            answer[:] = [status, headers]
            return lambda _: None

        plain = {name: value for name, value in environ.items() if name not in PERSONAL}
        plain["REQUEST_METHOD"] = "GET"
        pieces = self.application(plain, record)
        body = b"".join(pieces)
        if hasattr(pieces, "close"):
            pieces.close()
        status, headers = answer
        if not status.startswith("200"):
            return status, Entry(headers, [], None, body, "")
        headers = [(name, value) for name, value in headers if name.lower() not in NOT_KEPT]
        headers_304 = [(name, value) for name, value in headers if name.lower() not in ONLY_ON_200]
        etag = next((value for name, value in headers if name.lower() == "etag"), None)
        return status, Entry(headers, headers_304, etag, body, plain.get(ROUTE, "unmatched"))


def may_be_kept(environ: WSGIEnvironment) -> bool:
    """Whether a visitor asks, who takes what is kept, and no more of it than there is room for."""
    return (
        "HTTP_AUTHORIZATION" not in environ
        and "no-cache" not in environ.get("HTTP_CACHE_CONTROL", "")
        and len(environ.get("QUERY_STRING", "")) <= QUERY_MAX
    )


def is_known(if_none_match: str | None, etag: str | None) -> bool:
    """Whether ``If-None-Match`` names ``etag``, by weak comparison (RFC 9110, section 13.1.2)."""
    if if_none_match is None or etag is None:
        return False
    if if_none_match == etag:
        return True
    tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
    return any(tag in (etag, "*") for tag in tags)
