"""Variants of images that are kept, answered in front of the application.

A page asks for dozens of them at once, and all that the view would do is to find the file. What is not
kept, a crop whose focal point the database has, and whatever is wrong go to the view, which answers alike.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from werkzeug import Request

from webapp.domain.media.variants import Wish, plain_request
from webapp.headers import security_headers
from webapp.logs import log_kept_answer
from webapp.metrics import count_request
from webapp.ports import VariantFiles, VariantRequest, is_public_key
from webapp.site.media import ARGUMENTS, PREFIX, read_wish, variant_headers
from webapp.site.shelf import is_known

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

START = f"{PREFIX}/"
ROUTE = f"{PREFIX}/<path:key>"
MEANINGS_MAX = 4096
"""How many addresses a process remembers the meaning of."""


class VariantShelf:
    """WSGI middleware that answers ``GET`` and ``HEAD`` of variants that ``files`` has."""

    def __init__(self, application: WSGIApplication, files: VariantFiles, *, https: bool) -> None:
        self.application = application
        self.files = files
        self.security = security_headers(https=https)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        path, method = environ.get("PATH_INFO", ""), environ["REQUEST_METHOD"]
        query = environ.get("QUERY_STRING", "")
        if not path.startswith(START) or method not in ("GET", "HEAD") or not query:
            return self.application(environ, start_response)
        asked = meaning(path.removeprefix(START), query, environ.get("HTTP_ACCEPT", ""))
        data = None if asked is None else self.files.find(asked.key, asked.request)
        if asked is None or data is None or "HTTP_IF_MATCH" in environ:
            return self.application(environ, start_response)
        headers = self.security | variant_headers(asked.key, asked.wish, asked.request, len(data))
        known = is_known(environ.get("HTTP_IF_NONE_MATCH"), headers["ETag"])
        if known:
            headers = {name: value for name, value in headers.items() if name != "Content-Type"}
        else:
            headers["Content-Length"] = str(len(data))
        count_request(method, ROUTE, 304 if known else 200, started)
        log_kept_answer(method, path, 304 if known else 200, started)
        start_response("304 NOT MODIFIED" if known else "200 OK", list(headers.items()))
        return [b""] if known or method == "HEAD" else [data]


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks for."""

    key: str
    wish: Wish
    request: VariantRequest


@lru_cache(MEANINGS_MAX)
def meaning(key: str, query: str, accept: str) -> Asked | None:
    """What a path below ``/media/``, a query and an ``Accept`` header ask for, if it may be kept."""
    request = Request({"QUERY_STRING": query, "HTTP_ACCEPT": accept})
    if not is_public_key(key) or not request.args.keys() & ARGUMENTS:
        return None
    wish, ending = read_wish(request, key)
    plain = None if wish.errors() else plain_request(wish, ending)
    return None if plain is None else Asked(key, wish, plain)
