"""Images in festivals, templates and cards."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.domain.cards.festival_models import Festival, FestivalImage
from webapp.domain.cards.models import Card, Template
from webapp.domain.media.uses import Use, holds, tells_uses, uses_in


@tells_uses
def festival_uses(session: Session, object_key: str | None) -> Iterator[Use]:
    """Festivals that an image belongs to."""
    found = select(Festival.id, Festival.name, FestivalImage.image_url)
    found = found.join(FestivalImage, FestivalImage.festival_id == Festival.id)
    for festival_id, name, url in session.execute(found.where(holds(FestivalImage.image_url, object_key))):
        yield from uses_in("festival", festival_id, name, [url], object_key)


@tells_uses
def template_uses(session: Session, object_key: str | None) -> Iterator[Use]:
    """Templates in whose code, fields or preview an image is."""
    columns = (Template.template_code, Template.template_config, Template.preview_image_url)
    found = select(Template.id, Template.name, *columns)
    for template_id, name, *texts in session.execute(
        found.where(or_(*(holds(column, object_key) for column in columns)))
    ):
        yield from uses_in("template", template_id, name, texts, object_key)


@tells_uses
def card_uses(session: Session, object_key: str | None) -> Iterator[Use]:
    """Cards that show an image."""
    columns = (Card.custom_image_url, Card.values, Card.body)
    found = select(Card.id, Card.title, *columns)
    for card_id, title, *texts in session.execute(
        found.where(or_(*(holds(column, object_key) for column in columns)))
    ):
        yield from uses_in("card", card_id, title or "Untitled", texts, object_key)
