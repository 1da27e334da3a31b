"""What greeting cards tell of a person, and what goes with them beyond their own rows."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from webapp.domain.accounts.departures import before_departure
from webapp.domain.accounts.own_data import Rows, columns, own_data
from webapp.domain.cards.festival_models import Festival, FestivalImage
from webapp.domain.cards.models import (
    Card,
    CardShare,
    Collection,
    CollectionItem,
    Template,
    TemplateLike,
    TemplateReview,
    TemplateUsage,
    TemplateVersion,
)
from webapp.domain.cards.reactions import count_reviews
from webapp.kernel.work import Work


@own_data("cards", Card)
def cards(session: Session, user_id: UUID) -> Rows:
    for card in session.scalars(select(Card).where(Card.user_id == user_id).order_by(Card.created_at)):
        made_of = ("template_id", "template_version", "festival_id", "values", "custom_image_url")
        words = ("title", "message", "sender_name", "body")
        shares = session.scalars(select(CardShare).where(CardShare.card_id == card.id))
        links = [columns(share, "opens", "max_opens") for share in shares]
        yield columns(card, "id", *words, *made_of, "is_public", "created_at", "updated_at") | {
            "links": links
        }


@own_data("collections", Collection)
def collections(session: Session, user_id: UUID) -> Rows:
    for found in session.scalars(select(Collection).where(Collection.user_id == user_id)):
        inside = select(CollectionItem.template_id).where(CollectionItem.collection_id == found.id)
        templates = [str(template_id) for template_id in session.scalars(inside)]
        yield columns(found, "id", "name", "description", "is_public", "created_at") | {
            "templates": templates
        }


@own_data("reviews_and_likes", TemplateReview, TemplateLike, TemplateUsage)
def reviews_and_likes(session: Session, user_id: UUID) -> Rows:
    for review in session.scalars(select(TemplateReview).where(TemplateReview.user_id == user_id)):
        yield {"kind": "review"} | columns(review, "template_id", "rating", "review_text", "created_at")
    for like in session.scalars(select(TemplateLike).where(TemplateLike.user_id == user_id)):
        yield {"kind": "like"} | columns(like, "template_id", "created_at")
    for usage in session.scalars(select(TemplateUsage).where(TemplateUsage.user_id == user_id)):
        yield {"kind": "use"} | columns(usage, "template_id", "festival_id", "created_at")


@own_data("templates", Template, TemplateVersion, Festival, FestivalImage)
def templates(session: Session, user_id: UUID) -> Rows:
    """Templates in full; versions of others', festivals and their images by reference."""
    for template in session.scalars(select(Template).where(Template.created_by == user_id)):
        words = ("id", "name", "description", "template_code", "template_config", "tags")
        yield {"kind": "template"} | columns(template, *words, "is_public", "created_at", "updated_at")
    for version in session.scalars(select(TemplateVersion).where(TemplateVersion.author_id == user_id)):
        yield {"kind": "template_version"} | columns(version, "template_id", "number", "created_at")
    for festival in session.scalars(select(Festival).where(Festival.created_by == user_id)):
        yield {"kind": "festival"} | columns(festival, "id", "name", "created_at")
    for image in session.scalars(select(FestivalImage).where(FestivalImage.uploaded_by == user_id)):
        yield {"kind": "festival_image"} | columns(image, "id", "festival_id", "created_at")


@before_departure
def forget_cards(work: Work, user_id: UUID) -> None:
    """Templates that nobody else could see go with their maker; likes and reviews are counted no longer."""
    private = Template.created_by == user_id, Template.is_public.is_(False)
    work.session.execute(delete(Template).where(*private), execution_options={"synchronize_session": False})
    for model in (TemplateLike, TemplateReview):
        theirs = select(model.template_id).where(model.user_id == user_id)
        concerned = sorted(work.session.scalars(theirs))
        locked = select(Template.id).where(Template.id.in_(concerned)).order_by(Template.id).with_for_update()
        work.session.execute(locked)
        work.session.execute(delete(model).where(model.user_id == user_id))
        for template_id in concerned:
            _count(work, template_id)


def _count(work: Work, template_id: UUID) -> None:
    likes = select(func.count()).select_from(TemplateLike).where(TemplateLike.template_id == template_id)
    statement = update(Template).where(Template.id == template_id).values(like_count=likes.scalar_subquery())
    work.session.execute(statement, execution_options={"synchronize_session": False})
    count_reviews(work, template_id)
