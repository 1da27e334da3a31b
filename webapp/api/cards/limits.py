"""How much one person may make in an hour; premium members as much as they like."""

from __future__ import annotations

import time

from flask import Response
from limits import parse

from webapp.domain.accounts.models import User
from webapp.domain.cards.policy import is_premium
from webapp.extensions import limiter
from webapp.kernel.errors import TooMany
from webapp.web import current_work

CARDS, CARDS_AN_HOUR = "cards", "100 per hour"


def _person() -> str:
    return f"person {current_work().actor.id}"


def _is_premium() -> bool:
    work = current_work()
    return is_premium(work.session.get(User, work.actor.id), work.now)


def _is_made(response: Response) -> bool:
    return response.status_code == 201


template_limit = limiter.shared_limit(
    "10 per hour", scope="templates", key_func=_person, exempt_when=_is_premium, deduct_when=_is_made
)
card_limit = limiter.shared_limit(
    CARDS_AN_HOUR, scope=CARDS, key_func=_person, exempt_when=_is_premium, deduct_when=_is_made
)
password_limit = limiter.shared_limit("20 per minute", scope="share")


def spend_cards(number: int) -> None:
    """Count cards that are to be made later against the same limit, all or none. Raises TooMany."""
    if not limiter.enabled or _is_premium():
        return
    limit, whose = parse(CARDS_AN_HOUR), (_person(), CARDS)
    if limiter.limiter.hit(limit, *whose, cost=number):
        return
    window = limiter.limiter.get_window_stats(limit, *whose)
    wait = max(1, int(window.reset_time - time.time()) + 1)
    raise TooMany(
        wait, f"These are {number} cards, and {window.remaining} of {limit.amount} are left for this hour."
    )
