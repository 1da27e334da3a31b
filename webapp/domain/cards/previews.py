"""Pictures of cards that are kept: what lists and links show before anybody opens the card."""

from __future__ import annotations

import hmac
import io
import re
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select, update

from webapp.domain.cards.cards import page_of
from webapp.domain.cards.export import Export, draw
from webapp.domain.cards.layout import frame
from webapp.domain.cards.models import Card
from webapp.domain.cards.page import CardPage
from webapp.domain.cards.render_links import signature_of
from webapp.domain.cards.shares import holding_share
from webapp.kernel.errors import NotFound
from webapp.kernel.work import Work
from webapp.ports import Ports, Storage

FOLDER = "private/cards/"
SIDE_MAX = 1200
QUALITY = 80
PURPOSE = b"the picture of a card that is kept\0"
_NAME = re.compile(r"([0-9a-f]{32})-[0-9]{1,9}")


def plan_preview(work: Work, card: Card) -> Export:
    """The picture of a card that is kept: a JPEG, its longer side at most ``SIDE_MAX`` pixels."""
    return picture_of(page_of(work, card), (card.width, card.height), SIDE_MAX)


def picture_of(page: CardPage, design: tuple[int, int], side_max: int) -> Export:
    """A JPEG of a page of ``design`` pixels, its longer side at most ``side_max``."""
    factor = min(1.0, side_max / max(design))
    size = max(1, round(design[0] * factor)), max(1, round(design[1] * factor))
    laid_out = frame(design, size)
    return Export(page, "jpeg", laid_out, QUALITY, (0, 0), is_dark=False, name="preview")


def find_card(work: Work, card_id: UUID) -> Card | None:
    """The card of a job, if it is still there."""
    return work.session.get(Card, card_id)


def store_preview(ports: Ports, key: str, planned: Export) -> None:
    """Draw and store it. Raises Unavailable, Invalid."""
    ports.storage.put(key, io.BytesIO(draw(planned, ports.renderer, ports.storage)))


def key_of(card: Card) -> str:
    """Where the preview of the card's present state is kept."""
    return f"{FOLDER}{card.id.hex}-{card.changes}.jpg"


def keep_preview(work: Work, card_id: UUID, key: str) -> bool:
    """Write down that the preview is there; the card's state stays the same. Answers whether it still is."""
    of_this = update(Card).where(Card.id == card_id).values(preview_key=key)
    result = work.session.execute(of_this, execution_options={"synchronize_session": False})
    return bool(result.rowcount)  # type: ignore[attr-defined]


def shared_preview(work: Work, storage: Storage, token: str) -> bytes | Export:
    """The picture behind a link, without counting an opening; what to draw where none is kept yet.

    Raises NotFound for a link that does not hold, or that asks for a password first.
    """
    share = holding_share(work, token)
    if share.has_password:
        raise NotFound
    return _kept_or_planned(work, storage, share.card)


def preview_path(card: Card, secret: bytes) -> str:
    """The path of a card's picture, for whoever may see the card; it ends with the card's next change."""
    name = key_of(card).removeprefix(FOLDER)
    return f"/p/{_sign(name.removesuffix('.jpg'), secret)}/{name}"


def signed_preview(work: Work, storage: Storage, signature: str, name: str, secret: bytes) -> bytes | Export:
    """The picture at such a path, or what to draw where it is not kept yet.

    Raises NotFound where nobody signed it, or the card is gone or another by now.
    """
    found = _NAME.fullmatch(name)
    is_signed = hmac.compare_digest(_sign(name, secret).encode(), signature.encode())
    card = find_card(work, UUID(found[1])) if found and is_signed else None
    if card is None or key_of(card) != f"{FOLDER}{name}.jpg":
        raise NotFound
    return _kept_or_planned(work, storage, card)


def _sign(name: str, secret: bytes) -> str:
    return signature_of(PURPOSE, name.encode(), secret)


def _kept_or_planned(work: Work, storage: Storage, card: Card) -> bytes | Export:
    if card.preview_key == key_of(card):
        try:
            return b"".join(storage.get(card.preview_key))
        except NotFound:
            pass  # it is being replaced; drawn anew below
    return plan_preview(work, card)


def stray_previews(work: Work, keys: Iterable[str]) -> list[str]:
    """Those of ``keys`` that no card has any more."""
    wanted = set(keys)
    kept = set(work.session.scalars(select(Card.preview_key).where(Card.preview_key.in_(wanted))))
    return sorted(wanted - kept)
