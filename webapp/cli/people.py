"""``flask create-admin`` and ``flask remove-second-factor``."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from webapp.cli.work import committing
from webapp.domain.accounts.commands import create_user
from webapp.domain.accounts.factor_setup import take_off_by_name
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


@click.command("remove-second-factor")
@click.argument("name")
@with_appcontext
def remove_second_factor(name: str) -> None:
    """Let a person who has lost app, passkeys and recovery codes in with the password alone.

    NAME is their username or e-mail address.
    """
    with committing() as work:
        shown = take_off_by_name(work, name).display_name
    click.echo(f"{shown} signs in with the password alone now.")
