"""``flask bundle export`` and ``flask bundle import``."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.cli.work import committing
from webapp.domain.bundles.archive import Bundle
from webapp.domain.bundles.commands import Action, export_bundle, import_bundle
from webapp.kernel.db import reading
from webapp.web import current_ports

SHOWN = 200
"""How many records are listed; the numbers below them are of all."""

command = AppGroup("bundle", help="Carry themes, content and settings to another installation.")


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(file: Path) -> None:
    """Write what this installation shows into FILE: no people, no secrets, no image files."""
    if file.exists():
        raise click.ClickException(f"{file} is there already.")
    try:
        with reading(), committing() as work, file.open("xb") as out:
            counts = export_bundle(work, out)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items() if count))


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would become of each record, and write nothing.")
@click.option("--replace", is_flag=True, help="Take over conflicts too: what was changed here later.")
def import_(file: Path, dry_run: bool, replace: bool) -> None:
    """Take over the records of FILE, all of them or, if one is wrong, none."""
    with file.open("rb") as source, committing() as work:
        report = import_bundle(work, Bundle(source), dry_run=dry_run, replace=replace)
        work.after_commit(current_ports().cache.clear)
    for outcome in report.changes[:SHOWN]:
        reason = f": {outcome.reason}" if outcome.reason else ""
        click.echo(f"{outcome.action.value:9} {outcome.part} {outcome.key}{reason}")
    if len(report.changes) > SHOWN:
        click.echo(f"… and {len(report.changes) - SHOWN} more")
    click.echo(", ".join(f"{count} {action}" for action, count in report.counts.items() if count) or "Empty.")
    if report.counts[Action.ERROR]:
        raise click.ClickException("Nothing was written: some records are wrong.")
    if dry_run:
        click.echo("Nothing was written.")
