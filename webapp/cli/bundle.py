"""``flask bundle export`` and ``flask bundle import``."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import AppGroup

from webapp.cli.work import committing
from webapp.domain.bundles.archive import Bundle
from webapp.domain.bundles.commands import (
    Looked,
    carry_out,
    drop_files,
    export_bundle,
    plan_bundle,
    take_files,
)
from webapp.domain.bundles.records import Action
from webapp.domain.bundles.reports import BundleReport
from webapp.kernel.db import reading
from webapp.web import current_ports

SHOWN = 200
"""How many records are listed; the numbers below them are of all."""

command = AppGroup("bundle", help="Carry themes, content and settings to another installation.")


@command.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-files", is_flag=True, help="Put the files of images in too.")
def export(file: Path, with_files: bool) -> None:
    """Write what this installation shows into FILE: no people, no secrets."""
    if file.exists():
        raise click.ClickException(f"{file} is there already.")
    try:
        with reading(), committing() as work, file.open("xb") as out:
            counts = export_bundle(work, out, current_ports().storage if with_files else None)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items() if count))


@command.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--dry-run", is_flag=True, help="Say what would become of each record, and write nothing.")
@click.option("--replace", is_flag=True, help="Take over conflicts too: what was changed here later.")
def import_(file: Path, dry_run: bool, replace: bool) -> None:
    """Take over the records of FILE and the images in it, all of them or, if one is wrong, none."""
    with file.open("rb") as source:
        with reading(), committing() as work:
            bundle = Bundle(source)
            looked = take_files(work, bundle, current_ports(), dry_run=dry_run)
        report = take(bundle, looked, dry_run, replace)
    tell(report, dry_run)


def take(bundle: Bundle, looked: Looked, dry_run: bool, replace: bool) -> BundleReport:
    """Compare and check the records, and then take them over in work of its own; where nothing is written, no
    file stays either."""
    storage, is_written = current_ports().storage, False
    try:
        with reading(), committing() as work:
            planned = plan_bundle(work, bundle, replace=replace, looked=looked)
        with committing() as work:
            report = carry_out(work, planned, dry_run=dry_run)
            work.after_commit(current_ports().cache.clear)
        is_written = report.is_written
    finally:
        if not (is_written or dry_run):
            drop_files(storage, looked)
    return report


def tell(report: BundleReport, dry_run: bool) -> None:
    """Say what became of the records, or would."""
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
