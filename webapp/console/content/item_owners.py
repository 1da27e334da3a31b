"""Whose items a list shows, as the address has it, and what its people are called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from webapp.console.addresses import here, requested_id
from webapp.domain.accounts.queries import display_names
from webapp.domain.content.models import Item
from webapp.kernel.paging import Page
from webapp.web import current_work

OWNER = "owner"


def requested_owner() -> UUID | None:
    """The person whose items ``?owner=`` asks for."""
    return requested_id(OWNER)


def list_context(page: Page[Item]) -> dict[str, Any]:
    """What a page with a list of items tells of its owners: the names, and chips for the person who looks and
    the one that was asked for."""
    work, chosen = current_work(), requested_owner()
    names = display_names(work.session, {chosen, *(item.owner_id for item in page.data)})
    chips = [(str(work.actor.id), "Mine", None)]
    if chosen not in (None, work.actor.id):
        chips.append((str(chosen), names.get(chosen, "Nobody"), None))
    return {"page": page, "owners": names, "owner_chips": chips, "here": here()}
