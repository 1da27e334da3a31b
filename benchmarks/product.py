"""Rangoli as it runs in production, and an administrator who is signed in to it over HTTP."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.load import Answer, ask
from benchmarks.servers import ROOT, WORKERS, ServerError, free_port, serving

EMAIL = "bench@example.org"
PASSWORD = secrets.token_urlsafe(16)


def settings(folder: Path, database_url: str) -> dict[str, str]:
    """The environment of a production installation of its own, without limits on how often one may ask."""
    return {
        "ENVIRONMENT": "production",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATABASE_URL": database_url,
        "DATA_DIR": str(folder),
        "RATE_LIMITS": "off",
        "DEMO": "off",
        "FIRST_SUPERUSER": EMAIL,
        "FIRST_SUPERUSER_PASSWORD": PASSWORD,
        "PYTHONPATH": str(ROOT),
    }


@contextmanager
def rangoli(folder: Path, environ: Mapping[str, str], *, worker: bool = True) -> Iterator[str]:
    """``flask serve`` with these settings on a free port; yields the origin.

    It runs in ``folder``, so that a ``.env`` of the project has no part in it.
    """
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    log = folder / f"rangoli-{port}.log"
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--workers", str(WORKERS)]
    if not worker:
        command.append("--no-worker")
    environ = {**environ, "PORT": str(port), "PUBLIC_ORIGIN": origin}
    with serving(command, folder, environ, log, f"{origin}/themes/active.css"):
        yield origin


class Administrator:
    """Calls Rangoli's API as the first administrator; every call is a connection of its own."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self.headers = {"Content-Type": "application/json"}
        self.headers["Authorization"] = f"Bearer {self.sign_in()['access_token']}"

    def sign_in(self) -> dict[str, Any]:
        return self.post("/api/v1/auth/login", {"email": EMAIL, "password": PASSWORD})

    def create_theme(self, name: str, document: Mapping[str, Any]) -> int:
        """The id of a new theme."""
        theme_id: int = self.post("/api/v1/themes", {"name": name, **document}, status=201)["id"]
        return theme_id

    def activate(self, theme_id: int) -> None:
        self.post(f"/api/v1/themes/{theme_id}/activate", {})

    def preview(self, document: Mapping[str, Any]) -> dict[str, Any]:
        return self.post("/api/v1/themes/preview", document)

    def post(self, path: str, body: Mapping[str, Any], status: int = 200) -> dict[str, Any]:
        answer = ask(self.origin + path, self.headers, json.dumps(body).encode())
        return _document(path, answer, status)


def _document(path: str, answer: Answer, status: int) -> dict[str, Any]:
    if answer.status != status:
        raise ServerError(f"POST {path} answered {answer.status}, expected {status}: {answer.body[:500]!r}")
    document: dict[str, Any] = json.loads(answer.body)
    return document
