"""The application with the kinds of job of these tests, for ``flask --app tests.worker.jobs_app worker``."""

from __future__ import annotations

import tests.worker.kinds  # noqa: F401
from config import Settings
from webapp.app import create_app

app = create_app(Settings.from_env())
