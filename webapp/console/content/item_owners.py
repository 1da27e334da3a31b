"""Whose items a list shows, as the address has it, and what its people are called."""

from __future__ import annotations

from uuid import UUID

from webapp.console.addresses import requested_id
from webapp.domain.accounts.queries import display_names
from webapp.domain.content.models import Item
from webapp.kernel.paging import Page
from webapp.web import current_work

OWNER = "owner"


def requested_owner() -> UUID | None:
    """The person whose items ``?owner=`` asks for."""
    return requested_id(OWNER)


def names_of_owners(page: Page[Item]) -> dict[UUID, str]:
    """What the owners of listed items are called, and the one that was asked for."""
    return display_names(current_work().session, {requested_owner(), *(item.owner_id for item in page.data)})


def owner_chips(names: dict[UUID, str]) -> list[tuple[str, str, None]]:
    """The person who looks, and the one that was asked for."""
    mine, chosen = current_work().actor.id, requested_owner()
    chips: list[tuple[str, str, None]] = [(str(mine), "Mine", None)]
    if chosen not in (None, mine):
        chips.append((str(chosen), names.get(chosen, "Nobody"), None))
    return chips
