"""What features have to settle before a person is deleted, beyond what the database does by itself."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from webapp.kernel.work import Work

Settle = Callable[[Work, UUID], None]

_settlers: list[Settle] = []


def before_departure(settle: Settle) -> Settle:
    """Have ``settle`` called with the person's id, in the transaction that deletes them."""
    _settlers.append(settle)
    return settle


def settle_departure(work: Work, user_id: UUID) -> None:
    """Let every feature settle what it keeps of a person."""
    for settle in _settlers:
        settle(work, user_id)
