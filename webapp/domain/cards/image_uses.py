"""Images in festivals, templates and cards."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.domain.cards.festival_models import Festival, FestivalImage
from webapp.domain.cards.models import Card, Template
from webapp.domain.media.uses import Use, holds, tells_uses, uses_in


@tells_uses(select(FestivalImage.image_url))
def festival_uses(session: Session, object_key: str) -> Iterator[Use]:
    """Festivals that an image belongs to."""
    found = select(Festival.id, Festival.name, FestivalImage.image_url)
    found = found.join(FestivalImage, FestivalImage.festival_id == Festival.id)
    for festival_id, name, url in session.execute(found.where(holds(FestivalImage.image_url, object_key))):
        yield from uses_in("festival", festival_id, name, [url], object_key)


OF_TEMPLATES = (Template.template_code, Template.template_config, Template.preview_image_url)
OF_CARDS = (Card.custom_image_url, Card.values, Card.body)


@tells_uses(*map(select, OF_TEMPLATES))
def template_uses(session: Session, object_key: str) -> Iterator[Use]:
    """Templates in whose code, fields or preview an image is."""
    found = select(Template.id, Template.name, *OF_TEMPLATES)
    for template_id, name, *texts in session.execute(
        found.where(or_(*(holds(column, object_key) for column in OF_TEMPLATES)))
    ):
        yield from uses_in("template", template_id, name, texts, object_key)


@tells_uses(*map(select, OF_CARDS))
def card_uses(session: Session, object_key: str) -> Iterator[Use]:
    """Cards that show an image."""
    found = select(Card.id, Card.title, *OF_CARDS)
    for card_id, title, *texts in session.execute(
        found.where(or_(*(holds(column, object_key) for column in OF_CARDS)))
    ):
        yield from uses_in("card", card_id, title or "Untitled", texts, object_key)
