"""Who may do what with festivals, templates and cards."""

from __future__ import annotations

from datetime import datetime

from webapp.domain.accounts.models import User
from webapp.domain.cards.models import Card, Collection, Template
from webapp.kernel.work import Actor


def may_edit_festivals(actor: Actor) -> bool:
    """Editors and admins keep festivals and categories; everyone reads them."""
    return actor.is_editor


def may_create(actor: Actor) -> bool:
    """Every approved person makes templates, cards and collections, and says what they think."""
    return actor.is_approved


def may_curate(actor: Actor) -> bool:
    """Featured and premium templates are chosen by editors and admins."""
    return actor.is_editor


def may_see_template(actor: Actor, template: Template) -> bool:
    """Listed templates are everybody's; any other one its maker's and the editors'."""
    return template.is_listed or may_edit_template(actor, template)


def may_edit_template(actor: Actor, template: Template) -> bool:
    """A template belongs to its maker; editors and admins look after all."""
    return actor.is_editor or (actor.is_approved and actor.id == template.created_by)


def may_use_card(actor: Actor, card: Card) -> bool:
    """A card is its maker's alone; admins help."""
    return actor.is_admin or (actor.is_approved and actor.id == card.user_id)


def may_see_card(actor: Actor, card: Card) -> bool:
    """A public card may be read by everybody who knows its id."""
    return card.is_public or may_use_card(actor, card)


def may_use_collection(actor: Actor, collection: Collection) -> bool:
    """A collection is changed by its owner alone."""
    return actor.is_approved and actor.id == collection.user_id


def is_premium(user: User | None, now: datetime) -> bool:
    """Whether a person has paid for today."""
    if user is None or not user.is_premium:
        return False
    return user.subscription_expires_at is None or user.subscription_expires_at > now
