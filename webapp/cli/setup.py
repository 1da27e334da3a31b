"""``flask setup``: bring the database to this version and give it what it cannot be without."""

from __future__ import annotations

import secrets

import click
from flask import current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from webapp.cli.work import committing
from webapp.domain.accounts import commands as accounts
from webapp.domain.accounts.queries import find_by_identifier, has_admin
from webapp.domain.settings.commands import update_settings
from webapp.domain.themes.commands import create_theme, ensure_default_theme
from webapp.domain.themes.presets import PRESETS
from webapp.domain.themes.queries import find_active_theme, list_themes
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import ANONYMOUS, Work
from webapp.web import current_ports

DEMO_PEOPLE = (
    ("demo-florist", "florist@example.org", "A florist (demo)"),
    ("demo-photographer", "photographer@example.org", "A photographer (demo)"),
    ("demo-choir", "choir@example.org", "A choir (demo)"),
)


@click.command("setup")
@with_appcontext
def command() -> None:
    """Migrate the database, make the default theme and the first admin of the settings."""
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


@click.command("demo")
@with_appcontext
def demo() -> None:
    """Add themes worth looking at and people who wait for approval."""
    click.echo(
        "The demo content is there." if load_demo() else "There is content already; nothing was added."
    )


def load_demo() -> bool:
    """Add the demo content to an installation that has none of its own; answers whether it did."""
    with committing() as work:
        if list_themes(work.session, PageRequest()).total > 1 or find_by_identifier(
            work.session, DEMO_PEOPLE[0][0]
        ):
            return False
        for preset in PRESETS:
            create_theme(work, {"name": preset.name, **preset.document}, message="Demo content")
        visitor = Work(work.session, ANONYMOUS, work.now)
        for username, email, full_name in DEMO_PEOPLE:
            accounts.register(
                visitor,
                username=username,
                email=email,
                full_name=full_name,
                password=secrets.token_urlsafe(24),
                can_verify=False,
            )
    return True
