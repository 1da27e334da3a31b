"""Addresses of pictures of a card that can stand in an ``<img>``: signed, so that nobody asks for others.

What is to be drawn stands in the address itself; nothing is kept. The card is drawn as it is when somebody
looks.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from webapp.domain.cards.cards import get_card
from webapp.domain.cards.export import FIELDS as EXPORT_FIELDS
from webapp.domain.cards.export import Export, export_errors, plan_export
from webapp.domain.cards.fields import Number, read_fields
from webapp.domain.cards.policy import may_use_card
from webapp.domain.content.fields import Field
from webapp.kernel.errors import FieldError, Invalid, NotFound
from webapp.kernel.work import SYSTEM, Work, require

PICTURES = ("png", "jpeg", "webp", "avif")
ENDINGS = {"jpeg": "jpg"}
EXPIRES_MAX = 10 * 365 * 86_400
SIGNATURE_BYTES = 16
PURPOSE = b"a picture of a card\0"
NOT_OF_PICTURES = ("card_id", "paper", "bleed")
EXPIRES_IN = Field("expires_in", Number(60, EXPIRES_MAX), required=False)
FIELDS = (*(field for field in EXPORT_FIELDS if field.name not in NOT_OF_PICTURES), EXPIRES_IN)


def link_errors(sent: Mapping[str, Any]) -> list[FieldError]:
    """Everything that is wrong with what is asked of an address. ``expires_in`` is in seconds."""
    own = {name: sent[name] for name in ("expires_in", *NOT_OF_PICTURES) if name in sent}
    errors = read_fields((EXPIRES_IN,), own, partial=True)[1]
    asked = {name: value for name, value in sent.items() if name not in own}
    errors += export_errors({"card_id": str(UUID(int=0)), **asked})
    if sent.get("format") in ("pdf", "html"):
        detail = f"Must be one of: {', '.join(PICTURES)}."
        errors.append(FieldError("/format", detail, "invalid_choice"))
    return errors


def sign_picture(
    work: Work, card_id: UUID, fields: Mapping[str, Any], secret: bytes
) -> tuple[str, int | None]:
    """The path of a picture of one's card, and when it ends (seconds since 1970; None for never).

    Raises NotFound, Invalid.
    """
    require(work.actor, may_use_card(work.actor, get_card(work, card_id)))
    if errors := link_errors(fields):
        raise Invalid(errors)
    values, _ = read_fields(FIELDS, fields, partial=True)
    seconds = values.pop("expires_in", None)
    ends = int((work.now + timedelta(seconds=seconds)).timestamp()) if seconds else None
    wanted = {name: value for name, value in values.items() if value is not None}
    claim = orjson.dumps({"card": str(card_id), "ends": ends, "wanted": wanted})
    text = base64.urlsafe_b64encode(claim).decode().rstrip("=")
    ending = ENDINGS.get(wanted["format"], wanted["format"])
    return f"/r/{signature_of(PURPOSE, claim, secret)}/{text}.{ending}", ends


def read_signed(work: Work, signature: str, text: str, secret: bytes) -> Export:
    """What the address asks to be drawn. Raises NotFound for one that nobody signed, or that has ended."""
    try:
        claim = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError as error:
        raise NotFound from error
    if not hmac.compare_digest(signature_of(PURPOSE, claim, secret).encode(), signature.encode()):
        raise NotFound
    asked = orjson.loads(claim)
    if asked["ends"] is not None and asked["ends"] <= work.now.timestamp():
        raise NotFound("This address does not hold any more.")
    signed_by = Work(work.session, SYSTEM, work.now)  # whoever signed it was allowed to see the card
    return plan_export(signed_by, {"card_id": asked["card"], **asked["wanted"]})


def signature_of(purpose: bytes, claim: bytes, secret: bytes) -> str:
    """What proves that we made an address: an HMAC of what it claims, for one purpose only (base64url)."""
    digest = hmac.digest(secret, purpose + claim, "sha256")[:SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
