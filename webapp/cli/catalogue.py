"""``flask catalogue import`` and ``flask catalogue export``: designs as a CSV beside a folder of images."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from webapp.cli.work import committing
from webapp.domain.gallery import catalogue
from webapp.domain.media.uploads import UploadLimits
from webapp.kernel.csv_text import csv_text
from webapp.kernel.db import reading
from webapp.kernel.errors import NotFound
from webapp.kernel.work import Work
from webapp.web import commit_work, current_ports

TABLE = "designs.csv"

command = AppGroup("catalogue", help="Designs as a CSV beside a folder of images.")


@command.command("import")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
def import_(folder: Path) -> None:
    """Make a design of each row of FOLDER/designs.csv, with the image that its `file` names."""
    made = changed = failed = 0
    for number, cells in rows_of(folder):
        try:
            is_new = take_in(folder, cells)
        except click.ClickException as refusal:
            words = refusal.message.replace("\n", "; ")
            click.echo(f"Row {number}: {words}", err=True)
            failed += 1
            continue
        made, changed = made + is_new, changed + (not is_new)
    click.echo(f"{made} made, {changed} changed, {failed} left out.")
    if failed:
        raise click.ClickException("Some rows are wrong.")


@command.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export(folder: Path) -> None:
    """Write every design into FOLDER/designs.csv, and its image beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / TABLE).exists():
        raise click.ClickException(f"{folder / TABLE} is there already.")
    with reading(), committing() as work:
        rows = list(catalogue.catalogue(work))
    for row in rows:
        if row.object_key is not None:
            write_image(folder / row.cells["file"], row.object_key)
    table = csv_text(catalogue.COLUMNS, ([row.cells[name] for name in catalogue.COLUMNS] for row in rows))
    (folder / TABLE).write_text(table, encoding="utf-8", newline="")
    click.echo(f"{len(rows)} designs.")


# --- the parts ------------------------------------------------------------------------------


def rows_of(folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of the table, by their numbers in a spreadsheet. Ends the command if it cannot be read."""
    try:
        with (folder / TABLE).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if errors := catalogue.row_errors(reader.fieldnames or ()):
                raise click.ClickException("\n".join(f"{e.pointer[1:]}: {e.detail}" for e in errors))
            yield from enumerate(reader, 2)
    except (FileNotFoundError, UnicodeDecodeError, csv.Error) as error:
        raise click.ClickException(f"{folder / TABLE} cannot be read: {error}") from error


def take_in(folder: Path, cells: dict[str, str]) -> bool:
    """Take in one row in work of its own; answers whether its design is new."""
    config = current_app.config
    limits = UploadLimits(config["MAX_FILE_SIZE"], config["UPLOAD_QUOTA"])
    path = image_of(folder, cells.get("file") or "")
    with committing() as work:

        def go_on() -> Work:
            commit_work(work)
            return work

        _, is_new = catalogue.take_in(work, go_on, current_ports(), cells, pieces(path), limits)
    return is_new


def image_of(folder: Path, name: str) -> Path:
    """The file that a row names, which must lie in the folder. Ends the row otherwise."""
    try:
        path = (folder / name).resolve()
        is_there = path.is_relative_to(folder.resolve()) and path.is_file()
    except (OSError, ValueError):  # no file can have this name
        is_there = False
    if not is_there:
        raise click.ClickException(f"file: there is no {name or 'name'} in the folder.")
    if path.stat().st_size > current_app.config["MAX_FILE_SIZE"]:
        raise click.ClickException(f"file: {name} is too large.")
    return path


def pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(2**18):
            yield piece


def write_image(path: Path, object_key: str) -> None:
    """The image as it is kept; one whose file is gone leaves a word about it."""
    try:
        pieces_ = current_ports().storage.get(object_key)
        with path.open("xb") as file:
            file.writelines(pieces_)
    except NotFound:
        path.unlink(missing_ok=True)
        click.echo(f"{object_key} is not in storage.", err=True)
