"""``flask doctor``: every part, its state, and how to mend it."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import with_appcontext

from webapp.checks import run_checks
from webapp.extensions import db


@click.command("doctor")
@with_appcontext
def command() -> None:
    """Say how each part is; ends with 1 when a needed one is down."""
    checks = run_checks(current_app, db.session(), thorough=True)
    for check in checks:
        click.echo(f"{check.status:8} {check.name:10} {check.detail}")
        if check.mend:
            click.echo(f"{'':8} {'':10} {check.mend}")
    sys.exit(any(check.status == "down" for check in checks))
