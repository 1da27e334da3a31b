"""Many cards at once: a card for each row of a table, and many exports in one file. Workers do both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from webapp.domain.accounts.models import User
from webapp.domain.audit.events import record
from webapp.domain.cards.cards import get_card
from webapp.domain.cards.export import export_errors
from webapp.domain.cards.festivals import get_festival
from webapp.domain.cards.policy import is_premium, may_create
from webapp.domain.cards.template_config import OWN
from webapp.domain.cards.template_queries import get_template
from webapp.domain.content.table_files import Table, read_file
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.models import Job, State
from webapp.domain.jobs.queries import get_job
from webapp.kernel.db import new_uuid
from webapp.kernel.errors import FieldError, Invalid, NotFound, refuse
from webapp.kernel.work import Work, require
from webapp.ports import Storage

MAKE, EXPORT = "cards.make_batch", "cards.export_many"
FOLDER = "private/card-exports/"
KEPT_FOR = timedelta(days=1)
CARDS_MAX = 200
ROWS_FREE, ROWS_PREMIUM = 100, 1_000
_NUMBER = re.compile(r"-?[0-9]{1,18}")


def request_export(work: Work, card_ids: Sequence[UUID], fields: Mapping[str, Any]) -> Job:
    """Have cards exported into one ZIP file, all in the same way. Raises Invalid, NotFound."""
    require(work.actor, may_create(work.actor))
    errors = export_errors({"card_id": str(UUID(int=0)), **fields})
    wanted = list(dict.fromkeys(card_ids))
    if not 0 < len(wanted) <= CARDS_MAX:
        errors.append(FieldError("/card_ids", f"Must name 1 to {CARDS_MAX} cards.", "too_long"))
    refuse(errors)
    for position, card_id in enumerate(wanted):
        try:
            get_card(work, card_id)
        except NotFound as missing:
            raise Invalid([FieldError(f"/card_ids/{position}", missing.detail, "not_found")]) from missing
    payload = {"card_ids": [str(each) for each in wanted], "wanted": dict(fields)}
    return _enqueue(work, EXPORT, {**payload, "key": f"{FOLDER}{new_uuid()}.zip"})


def read_export(work: Work, storage: Storage, job_id: UUID) -> Iterator[bytes]:
    """The file that a job has made, for those who may see the job.

    Raises NotFound while it is not done, and after a day.
    """
    job = get_job(work, job_id)
    if job.kind != EXPORT or job.state != State.DONE:
        raise NotFound("There is no such file.")
    storage.stat(job.payload["key"])
    return storage.get(job.payload["key"])


def request_batch(
    work: Work,
    data: bytes,
    template_id: UUID,
    festival_id: UUID | None = None,
    *,
    spend: Callable[[int], None],
) -> Job:
    """Have a card made for each row of a table (CSV, XLSX or JSON).

    Columns are ``title``, ``message``, ``sender_name``, ``custom_image_url`` and the fields of the template.
    ``spend`` is told the number of rows before anything is made, and may raise. Raises Invalid.
    """
    require(work.actor, may_create(work.actor))
    template = _referred(work, "template_id", get_template, template_id)
    if festival_id is not None:
        _referred(work, "festival_id", get_festival, festival_id)
    user = work.session.get(User, work.actor.id) if work.actor.id else None
    table = read_file(data, ROWS_PREMIUM if is_premium(user, work.now) else ROWS_FREE)
    kinds = {field["name"]: field.get("type") for field in template.template_config.get("fields", [])}
    refuse(_column_errors(table, {*OWN, *kinds}))
    spend(len(table.rows))
    payload = {"template_id": str(template_id), "festival_id": festival_id and str(festival_id)}
    return _enqueue(work, MAKE, {**payload, "rows": [_values(row, kinds) for row in table.rows]})


def _referred(work: Work, name: str, find: Callable[[Work, UUID], Any], id_: UUID) -> Any:
    try:
        return find(work, id_)
    except NotFound as missing:
        raise Invalid([FieldError(f"/{name}", missing.detail, "not_found")]) from missing


def _values(row: Mapping[str, Any], kinds: Mapping[str, str | None]) -> dict[str, Any]:
    """A row with numbers where the template asks for them; cells of most tables are text."""
    return {
        name: int(cell)
        if kinds.get(name) == "number" and isinstance(cell, str) and _NUMBER.fullmatch(cell)
        else cell
        for name, cell in row.items()
    }


def _column_errors(table: Table, known: set[str]) -> list[FieldError]:
    unknown = [name for name in table.columns if name not in known]
    errors = [
        FieldError("/file", f"The template has no field for the column {name!r}.", "unknown_field")
        for name in unknown
    ]
    if not table.rows:
        errors.append(FieldError("/file", "The table has no rows.", "required"))
    return errors


def row_fields(payload: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the fields of a card; empty cells are left out."""
    filled = {name: value for name, value in row.items() if value not in (None, "")}
    fields = {name: value for name, value in filled.items() if name in OWN}
    fields["values"] = {name: value for name, value in filled.items() if name not in OWN}
    fields["template_id"] = payload["template_id"]
    if payload["festival_id"]:
        fields["festival_id"] = payload["festival_id"]
    return fields


def _enqueue(work: Work, kind: str, payload: dict[str, Any]) -> Job:
    job = enqueue(work, kind, {"actor_id": str(work.actor.id), **payload})
    record(work, f"{kind}.request", job.id)
    return job
