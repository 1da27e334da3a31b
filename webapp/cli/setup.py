"""``flask setup``: bring the database to this version and give it what it cannot be without."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from webapp.cli.work import committing, in_plain_words
from webapp.domain.accounts import commands as accounts
from webapp.domain.accounts.queries import has_admin
from webapp.domain.settings.commands import update_settings
from webapp.domain.themes.commands import ensure_default_theme
from webapp.domain.themes.queries import find_active_theme
from webapp.web import current_ports


@click.command("setup")
@with_appcontext
def command() -> None:
    """Migrate the database, make the default theme and the first admin of the settings."""
    with in_plain_words():
        prepare()
    click.echo("Rangoli is set up.")


def prepare() -> bool:
    """What ``flask setup`` does; running it again changes nothing. Answers whether it was the first time."""
    upgrade()
    email = current_app.config["FIRST_SUPERUSER"]
    with committing() as work:
        is_first = find_active_theme(work.session) is None
        ensure_default_theme(work)
        if email and not has_admin(work.session):
            name = {"email": email} if "@" in email else {"username": email}
            password = current_app.config["FIRST_SUPERUSER_PASSWORD"]
            accounts.create_first_admin(work, password=password, **name)
        if is_first and current_app.config["ENVIRONMENT"] == "production":
            update_settings(work, {"require_verification": current_ports().mailer.reaches_people})
    return is_first
