"""One action on many designs; what fails is told by design, and the rest is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from webapp.domain.content.bulk import BULK_MAX, RowResult
from webapp.domain.content.commands import trash_entry
from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.editing import lock_entries
from webapp.domain.content.policy import may_edit
from webapp.domain.gallery.commands import update_design
from webapp.domain.gallery.views import ARCHIVED, DRAFT, PUBLISHED
from webapp.kernel.errors import DomainError, FieldError, Invalid
from webapp.kernel.work import Work, require

STATUS_OF = {"publish": PUBLISHED, "unpublish": DRAFT, "archive": ARCHIVED}
CHANGES_OF: dict[str, dict[str, Any]] = {"feature": {"featured": True}, "unfeature": {"featured": None}}
ACTIONS = (*STATUS_OF, *CHANGES_OF, "edit", "trash")


def act_on_designs(
    work: Work, action: str, design_ids: Sequence[int], changes: Mapping[str, Any] | None = None
) -> list[RowResult]:
    """Do one of ``ACTIONS`` to each design; ``edit`` makes ``changes``. Raises Invalid."""
    require(work.actor, may_edit(work.actor))
    if action not in ACTIONS or not 1 <= len(design_ids) <= BULK_MAX:
        raise Invalid([FieldError("/ids", f"Must have from 1 to {BULK_MAX} entries.", "out_of_range")])
    changes = CHANGES_OF.get(action, changes or {})
    if errors := DESIGN.change_errors(changes):
        raise Invalid(errors)
    lock_entries(work, DESIGN, design_ids)
    return [_row(work, action, row, design_id, changes) for row, design_id in enumerate(design_ids)]


def _row(work: Work, action: str, row: int, design_id: int, changes: Mapping[str, Any]) -> RowResult:
    try:
        with work.session.begin_nested():
            if action == "trash":
                trash_entry(work, DESIGN, design_id)
            else:
                update_design(work, design_id, changes, status=STATUS_OF.get(action))
    except DomainError as error:
        return RowResult(row, design_id, error)
    return RowResult(row, design_id)
