"""Links to cards: for a time, with a password, for so many openings; revoked at once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from webapp.domain.accounts.passwords import hash_password, verify_password
from webapp.domain.audit.events import record
from webapp.domain.cards.cards import get_card
from webapp.domain.cards.fields import Number, read_fields
from webapp.domain.cards.models import Card, CardShare
from webapp.domain.cards.policy import may_use_card
from webapp.domain.content.fields import Field, Text
from webapp.domain.settings.queries import get_setting
from webapp.kernel.errors import Denied, FieldError, Invalid, NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, require

TOKEN_BYTES = 24
EXPIRES_MAX = 10 * 365 * 86_400
PASSWORD_MAX = 128
DAYS = {"7_days": 7, "30_days": 30, "365_days": 365}
"""Product setting ``share_expiry`` → days; ``never`` is not among them."""
FIELDS = (
    Field("expires_in", Number(60, EXPIRES_MAX), required=False),
    Field("password", Text(PASSWORD_MAX, minimum=1), required=False),
    Field("max_opens", Number(1, 1_000_000), required=False),
)
_NEWEST = (SortKey(CardShare.id, lambda share: share.id),)


def share_errors(sent: Mapping[str, Any]) -> list[FieldError]:
    """Everything that is wrong with what is asked of a link. ``expires_in`` is in seconds."""
    return read_fields(FIELDS, sent, partial=True)[1]


def share_card(work: Work, card_id: UUID, fields: Mapping[str, Any]) -> tuple[CardShare, str]:
    """Make a link to one's card; answers it and its token, which is told only now.

    Raises NotFound, Invalid.
    """
    card = _own_card(work, card_id)
    if errors := share_errors(fields):
        raise Invalid(errors)
    values, _ = read_fields(FIELDS, fields, partial=True)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    seconds = values.get("expires_in")
    if seconds is None and (days := DAYS.get(str(get_setting(work.session, "share_expiry")))):
        seconds = days * 86_400
    share = CardShare(
        card_id=card.id,
        token_hash=_hash(token),
        password_hash=hash_password(values["password"]) if values.get("password") else None,
        expires_at=work.now + timedelta(seconds=seconds) if seconds else None,
        max_opens=values.get("max_opens"),
        opens=0,
        created_at=work.now,
    )
    work.session.add(share)
    work.session.flush()
    record(work, "card_share.create", share.id)
    return share, token


def list_shares(work: Work, card_id: UUID, request: PageRequest) -> Page[CardShare]:
    """The links to one's card, newest first. Raises NotFound."""
    card = _own_card(work, card_id)
    statement = select(CardShare).where(CardShare.card_id == card.id)
    return fetch_page(work.session, statement, request, _NEWEST, descending=True)


def revoke_share(work: Work, card_id: UUID, share_id: UUID) -> None:
    """End a link at once. Raises NotFound."""
    card = _own_card(work, card_id)
    share = work.session.get(CardShare, share_id)
    if share is None or share.card_id != card.id:
        raise NotFound("Share not found")
    share.revoked_at = share.revoked_at or work.now
    record(work, "card_share.revoke", share.id)
    work.session.flush()


def open_share(work: Work, token: str, password: str | None = None) -> Card:
    """The card behind a link, counting the opening; two at once never pass a limit together.

    Raises NotFound for a link that does not hold (any more), Denied (``share_password``) without the right
    password.
    """
    share = holding_share(work, token, lock=True)
    if share.password_hash is not None:
        verify_share_password(share.password_hash, password)
    share.opens += 1
    record(work, "card_share.open", share.id)
    work.session.flush()
    return share.card


def holding_share(work: Work, token: str, *, lock: bool = False) -> CardShare:
    """The link with this token, as long as it holds. Raises NotFound."""
    statement = select(CardShare).where(CardShare.token_hash == _hash(token))
    share = work.session.scalar(statement.with_for_update(of=CardShare) if lock else statement)
    if share is None or not _holds(work, share):
        raise NotFound("This link does not hold (any more).")
    return share


def verify_share_password(password_hash: str, password: str | None) -> None:
    """Raises Denied (``share_password``) unless it is the right one."""
    if not password or not verify_password(password, password_hash)[0]:
        detail = "This card has a password." if not password else "That is not the password."
        raise Denied(detail, code="share_password")


def _holds(work: Work, share: CardShare) -> bool:
    is_over = share.expires_at is not None and share.expires_at <= work.now
    is_used_up = share.max_opens is not None and share.opens >= share.max_opens
    return share.revoked_at is None and not is_over and not is_used_up


def _own_card(work: Work, card_id: UUID) -> Card:
    card = get_card(work, card_id)
    require(work.actor, may_use_card(work.actor, card))
    return card


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
