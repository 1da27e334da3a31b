"""How much one person may make in an hour; premium members as much as they like."""

from __future__ import annotations

from flask import Response

from webapp.domain.accounts.models import User
from webapp.domain.cards.policy import is_premium
from webapp.extensions import limiter
from webapp.web import current_work


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
    "100 per hour", scope="cards", key_func=_person, exempt_when=_is_premium, deduct_when=_is_made
)
password_limit = limiter.shared_limit("20 per minute", scope="share")
