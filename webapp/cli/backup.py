"""``flask backup``, ``flask restore`` and ``flask move``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click
from alembic import command as alembic
from alembic.util import CommandError
from flask.cli import with_appcontext
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from webapp.cli.work import committing, in_plain_words
from webapp.domain.backups.archive import Archive
from webapp.domain.backups.files import REPLACED, name_for
from webapp.domain.backups.loading import check_usable, copy_all, restore
from webapp.domain.backups.media import Unpacking
from webapp.domain.backups.writing import write_backup
from webapp.extensions import db, migrate
from webapp.kernel.clock import utc_now
from webapp.kernel.sqlite import prepare_engine
from webapp.web import current_ports


@click.command("backup")
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    help="The file to write [default: a new one in DATA_DIR/backups].",
)
@with_appcontext
def backup(to: Path | None) -> None:
    """Write everything into one file, while the system serves."""
    folders = current_ports().backups
    path = to or folders.backups / name_for(utc_now())
    with in_plain_words():
        try:
            manifest = write_backup(db.engine, path, folders.media)
        except FileExistsError as error:
            raise click.ClickException(f"{path} is there already.") from error
    size = path.stat().st_size / 2**20
    media = f"{len(manifest.media)} media files" if manifest.has_media else "media are in the object store"
    click.echo(f"{path}\n{len(manifest.tables)} tables, {manifest.rows} rows, {media}, {size:.1f} MiB")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--sign-out", is_flag=True, help="End all sessions of the backup, as after a break-in.")
@click.confirmation_option(prompt="Everything there is now will be replaced. Go on?")
@with_appcontext
def restore_command(file: Path, sign_out: bool) -> None:
    """Make everything as it was when FILE was written, or change nothing at all."""
    folders = current_ports().backups
    replaced = folders.backups / name_for(utc_now(), REPLACED)
    with in_plain_words(), Archive(file) as archive:
        check_usable(db.engine, archive)
        takes_media = archive.manifest.has_media and folders.media is not None
        unpacking = Unpacking(archive, folders.media) if takes_media and folders.media else nullcontext()
        with unpacking as media, committing() as work:
            restore(work, archive, media, replaced=replaced, signs_out=sign_out)
            work.after_commit(current_ports().cache.clear)
    manifest = archive.manifest
    click.echo(f"Restored {manifest.rows} rows of {manifest.created_at}. What was there is in\n{replaced}")
    if not takes_media:
        click.echo("Media files were left as they are.")


class DatabaseUrl(click.ParamType[URL]):
    """A database address as ``DATABASE_URL`` has it."""

    name = "URL"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> URL:
        try:
            url = make_url(value)
        except ArgumentError:
            raise click.BadParameter("This is not the address of a database.") from None
        if url.drivername in ("postgres", "postgresql", "postgresql+psycopg"):
            return url.set(drivername="postgresql+psycopg")
        if url.drivername == "sqlite" and url.database not in (None, "", ":memory:"):
            return url
        raise click.BadParameter("It must begin with sqlite:/// and a path, or with postgresql://.")


@click.command("move")
@click.option("--to", "url", type=DatabaseUrl(), required=True, help="The address of an empty database.")
@with_appcontext
def move(url: URL) -> None:
    """Copy everything to another database and compare every table. Nothing is changed here."""
    engine = create_engine(url, hide_parameters=True)
    prepare_engine(engine)
    try:
        with in_plain_words():
            migrate_to_head(engine)
            with committing() as work, engine.begin() as target:
                tallies = copy_all(work, target)
    finally:
        engine.dispose()
    for tally in tallies:
        click.echo(f"{tally.table.name:24} {tally.rows:>9}  {tally.checksum[:16]}")
    click.echo(f"All {len(tallies)} tables are equal. Set DATABASE_URL to the new address and start again;\n"
               "what is written here from now on is not there.")  # fmt: skip


def migrate_to_head(engine: Engine) -> None:
    """Give another database the tables of this version."""
    config = migrate.get_config()
    config.attributes["engine"] = engine
    try:
        alembic.upgrade(config, "head")
    except CommandError as error:
        raise click.ClickException(f"The target database cannot be set up: {error}") from error
