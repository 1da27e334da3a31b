"""The WSGI entry point: ``granian --interface wsgi wsgi:app``."""

from config import Settings
from webapp.api.view_counting import keep_views_written
from webapp.app import create_app

app = create_app(Settings.from_env())
keep_views_written(app)
