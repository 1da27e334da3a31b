"""The paths of older clients, rewritten before routing so that no view is registered twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

REWRITES = (
    (re.compile(r"^/openapi\.json$"), "/api/v1/openapi.json"),
    (re.compile(r"^/api/(?!v1(?:/|$))(.+)$"), r"/api/v1/\1"),
    (re.compile(r"^/api/v1/design(?=/|$)"), "/api/v1/themes"),
    (re.compile(r"^/api/v1/css/?$"), "/themes/active.css"),
)
"""Applied in this order, each to the outcome of the one before it."""


def rewrite(path: str) -> str:
    """The path that answers for ``path``, which is itself for every present-day path."""
    for pattern, replacement in REWRITES:
        path = pattern.sub(replacement, path)
    return path


class RewritePaths:
    """WSGI middleware that applies :func:`rewrite`; the query string is left alone."""

    def __init__(self, application: WSGIApplication) -> None:
        self.application = application

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["PATH_INFO"] = rewrite(environ.get("PATH_INFO", ""))
        return self.application(environ, start_response)
