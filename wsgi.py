"""The WSGI entry point: ``granian --interface wsgi wsgi:app``."""

from config import Settings
from webapp.app import create_app

app = create_app(Settings.from_env())
