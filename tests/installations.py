"""An application on a database of its own, kept over the tests of one process.

Making both takes longer than most tests. What a test could leave behind is put back before the next one:
rows and numbering, files, the application's configuration and ports, the middleware in front of it (which
keeps answers), and what applications write into the extensions, of which a process has one each. An
installation that cannot be put back is thrown away, and a transaction that a test left open fails that test.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from jinja2 import FileSystemBytecodeCache

from config import Settings
from tests.audit_trail import AuditTrail
from tests.databases import Database
from tests.services import memory_folder
from webapp.adapters.mail.templates import TemplateRenderer
from webapp.adapters.renderer.chromium import ChromiumRenderer
from webapp.app import ROOT, Rangoli, connect_ports, create_app, keep_answers
from webapp.extensions import db, limiter
from webapp.logs import configure_logging

SECRET_KEY = "the-secret-key-of-the-tests-which-is-long-enough"


def make_settings(database_url: str, data_dir: Path, **changes: Any) -> Settings:
    defaults = {"environment": "development", "secret_key": SECRET_KEY, "rate_limits": False}
    return Settings(database_url=database_url, data_dir=data_dir, **(defaults | changes))


RENDERER = ChromiumRenderer(os.environ.get("CHROMIUM"))
"""One browser for all tests of a process; it starts with the first page that is drawn."""


MAIL_RENDERER = TemplateRenderer(ROOT / "templates" / "mail")
"""It keeps nothing but compiled templates."""


TEMPLATES = FileSystemBytecodeCache()
"""Compiled templates, by their text, for the applications of all tests and of later runs."""


def share(app: Rangoli) -> None:
    """Let ``app`` draw with the browser of all tests, and write mails with their compiled templates."""
    app.ports = replace(app.ports, renderer=RENDERER, mail_renderer=MAIL_RENDERER)


class Folder:
    """A place for one installation's files, in memory where the machine has such a place."""

    def __init__(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="rangoli-test-", dir=memory_folder()))
        self.data = self.root / "data"
        self.database = self.root / "database"
        self.data.mkdir()
        self.database.mkdir()

    def remove(self) -> None:
        shutil.rmtree(self.root, ignore_errors=True)


class Installation:
    """One database, one folder, and one application on them once it is asked for."""

    def __init__(self, folder: Folder, database: Database) -> None:
        self.folder = folder
        self.database = database
        self.settings = make_settings(database.url, folder.data)
        self.trail = AuditTrail()
        self._app: Rangoli | None = None

    @property
    def app(self) -> Rangoli:
        if self._app is None:
            self._app = create_app(self.settings)
            self._app.testing = True
            self._app.jinja_env.bytecode_cache = TEMPLATES
            share(self._app)
            with self._app.app_context():
                self.trail.watch(db.engine)
            self.config = dict(self._app.config)
            self.parts = parts_of(self._app)
            self.limiter = dict(vars(limiter))
        return self._app

    def put_back(self) -> bool:
        """Make everything as it was at first; answers whether that went."""
        if self._app is not None and parts_of(self._app) != self.parts:
            return False
        try:
            self.database.put_back()
        except (sqlite3.Error, psycopg.Error):
            return False
        shutil.rmtree(self.folder.data, ignore_errors=True)
        self.folder.data.mkdir()
        if self._app is not None:
            self._put_back_app(self._app)
        return True

    def _put_back_app(self, app: Rangoli) -> None:
        app.config.clear()
        app.config.update(self.config)
        connect_ports(app, self.settings)
        keep_answers(app, self.settings)
        share(app)
        vars(limiter).clear()
        vars(limiter).update(self.limiter)
        configure_logging(as_json=False)

    def open_connections(self) -> int:
        """How many connections of the application's pool are in use; none between two requests."""
        if self._app is None:
            return 0
        with self._app.app_context():
            return int(db.engine.pool.checkedout())  # type: ignore[attr-defined]

    def close(self) -> None:
        """End the application, drop the database, remove the files."""
        if self._app is not None:
            close_app(self._app)
        self.database.drop()
        self.folder.remove()


def parts_of(app: Flask) -> list[object]:
    """What makes one application another: its routes and what runs around them."""
    return [
        list(app.url_map.iter_rules()),
        list(app.view_functions.items()),
        *({key: list(hooks) for key, hooks in group.items()} for group in hook_groups(app)),
    ]


def hook_groups(app: Flask) -> tuple[dict[Any, list[Any]], ...]:
    return (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)


def close_app(app: Flask) -> None:
    """Give an application's connections back and close them."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
