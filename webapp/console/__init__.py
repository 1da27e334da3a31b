"""The HTML face: the console where a team approves people and edits themes."""

from flask import Flask

import webapp.console.account.access_routes
import webapp.console.account.data_routes
import webapp.console.account.oauth_routes
import webapp.console.account.picture_routes
import webapp.console.account.recovery_routes
import webapp.console.account.routes
import webapp.console.account.second_step_routes
import webapp.console.account.security_routes
import webapp.console.account.set_up_routes
import webapp.console.account.standing_routes
import webapp.console.dashboard
import webapp.console.saved_views
import webapp.console.search  # noqa: F401  imported for the routes it adds
from webapp.console.analytics.routes import blueprint as analytics
from webapp.console.audit.routes import blueprint as audit
from webapp.console.backups.routes import blueprint as backups
from webapp.console.bundles.routes import blueprint as bundles
from webapp.console.content.routes import blueprint as content
from webapp.console.festivals.routes import blueprint as festivals
from webapp.console.gallery.routes import blueprint as gallery
from webapp.console.jobs.routes import blueprint as jobs
from webapp.console.mails.routes import blueprint as mails
from webapp.console.media.routes import blueprint as media
from webapp.console.people.routes import blueprint as people
from webapp.console.routes import blueprint
from webapp.console.settings.routes import blueprint as settings
from webapp.console.templates.routes import blueprint as templates
from webapp.console.themes.routes import blueprint as themes
from webapp.console.webhooks.routes import blueprint as webhooks

FEATURES = (
    *(people, analytics, gallery, media, content, themes, templates, festivals),
    *(jobs, backups, bundles, mails, webhooks, settings, audit),
)
for feature in FEATURES:
    blueprint.register_blueprint(feature)


def register_console(app: Flask) -> None:
    """Mount the console under ``/console``."""
    app.register_blueprint(blueprint)
