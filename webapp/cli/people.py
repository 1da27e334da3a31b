"""``flask create-admin``."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from webapp.cli.work import committing
from webapp.domain.accounts.commands import create_user
from webapp.kernel.work import Role


@click.command("create-admin")
@click.option("--email", prompt="E-mail", help="The admin's e-mail address.")
@click.option("--name", "full_name", default="", help="The admin's full name.")
@click.password_option(help="Asked for when it is left out.")
@with_appcontext
def command(email: str, full_name: str, password: str) -> None:
    """Make an admin."""
    with committing() as work:
        create_user(work, password=password, role=Role.ADMIN, email=email, full_name=full_name)
    click.echo(f"{email} is an admin now.")
