"""The catalogue as a table of designs beside a folder of images: taking one in, and giving one out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import select

from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.policy import may_edit, may_see_drafts
from webapp.domain.content.texts import join_tags, to_changes
from webapp.domain.gallery.commands import create_design, update_design
from webapp.domain.gallery.filters import ALL, DesignFilters
from webapp.domain.gallery.models import DesignEdition
from webapp.domain.gallery.queries import get_latest, list_designs
from webapp.domain.gallery.views import PUBLISHED, STATUSES, DesignView
from webapp.domain.media.uploads import Announced, UploadLimits, upload_image
from webapp.kernel.csv_text import FORMULA_STARTS
from webapp.kernel.errors import FieldError, refuse
from webapp.kernel.paging import LIMIT_MAX, PageRequest
from webapp.kernel.work import Work, require
from webapp.ports import Ports

OWN = tuple(field for field in DESIGN.fields if field.name not in ("r2_object_key", "archived"))
COLUMNS = ("file", "alt_text", "status", *(field.name for field in OWN), "tags")
"""Of the table; ``file`` and ``title`` are needed, and ``category``."""


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A design as a row, and the key of its image, None where there is none."""

    cells: Mapping[str, str]
    object_key: str | None


def row_errors(header: Iterable[str]) -> list[FieldError]:
    """What is wrong with the columns of a table."""
    header = list(header)
    unknown = [
        FieldError(f"/{name}", "No such column.", "unknown_field") for name in header if name not in COLUMNS
    ]
    missing = [
        FieldError(f"/{name}", "This column is required.", "required")
        for name in ("file", "title", "category")
        if name not in header
    ]
    return unknown + missing


def take_in(
    work: Work,
    go_on: Callable[[], Work],
    ports: Ports,
    cells: Mapping[str, str],
    file: Iterable[bytes],
    limits: UploadLimits,
) -> tuple[int, bool]:
    """Make the design of a row with its image, or change the one that has this image and title already.

    Answers its id and whether it is new. Raises Invalid and whatever an upload raises.
    """
    require(work.actor, may_edit(work.actor))
    cells = {name: _plain(text) for name, text in cells.items() if name in COLUMNS}
    changes = to_changes(OWN, cells)
    status = cells.get("status") or PUBLISHED
    if status not in STATUSES:
        changes.errors.append(FieldError("/status", f"One of {', '.join(STATUSES)}.", "invalid_choice"))
    refuse([*changes.errors, *DESIGN.change_errors(changes.fields)])
    name = PurePosixPath(cells.get("file", "")).name
    announced = Announced("designs", name, cells.get("alt_text", ""))
    media, _ = upload_image(work, go_on, ports, file, announced, limits)
    work = go_on()
    fields = {name: value for name, value in changes.fields.items() if value is not None}
    fields["r2_object_key"] = media.object_key
    for view in _with_image(work, media.id):
        if view.entry.document["title"] == fields.get("title"):
            update_design(work, int(view.entry.key), fields, status=status, message="From a catalogue")
            return view.entry.entry_id, False
    made = create_design(work, fields, status=status, message="From a catalogue")
    return made.entry.entry_id, True


def catalogue(work: Work) -> Iterator[CatalogueRow]:
    """Every design in its latest state, the oldest first."""
    require(work.actor, may_see_drafts(work.actor))
    filters, request = DesignFilters(status=ALL, sort="oldest"), PageRequest(LIMIT_MAX, counted=False)
    while True:
        page = list_designs(work, request, filters)
        yield from map(_row, page.data)
        if page.next_after is None:
            return
        request = PageRequest(LIMIT_MAX, after=page.next_after, counted=False)


def _row(view: DesignView) -> CatalogueRow:
    document, image = view.entry.document, view.image
    cells = {field.name: _cell(document.get(field.name)) for field in OWN}
    cells |= {"tags": join_tags(tag.name for tag in view.entry.tags), "status": view.status}
    if image is not None:
        ending = image.object_key.rpartition(".")[2]
        cells |= {"file": f"{view.entry.key}.{ending}", "alt_text": image.alt_text}
    key = None if image is None else image.object_key
    return CatalogueRow({name: cells.get(name, "") for name in COLUMNS}, key)


def _with_image(work: Work, media_id: Any) -> list[DesignView]:
    from_image = select(DesignEdition.design_id).where(
        DesignEdition.media_id == media_id, DesignEdition.is_latest.is_(True)
    )
    return [get_latest(work, design_id) for design_id in work.session.scalars(from_image).all()]


def _cell(value: Any) -> str:
    return "true" if value is True else value or ""


def _plain(text: str | None) -> str:
    """A cell without the mark that keeps spreadsheets from running it."""
    text = text or ""
    return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_STARTS else text
