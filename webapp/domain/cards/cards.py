"""Cards: drafted from a template and checked, fitted by the renderer, then kept."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, update

from webapp.domain.accounts.models import User
from webapp.domain.audit.events import record
from webapp.domain.cards import models as limits
from webapp.domain.cards import policy
from webapp.domain.cards.festivals import get_festival
from webapp.domain.cards.fields import Flag, ImageAddress, Reference, read_fields
from webapp.domain.cards.layout import frame
from webapp.domain.cards.liquid_code import render
from webapp.domain.cards.models import Card, Template, TemplateUsage
from webapp.domain.cards.page import CardPage
from webapp.domain.cards.template_config import NAME, OWN, read_values, size_of
from webapp.domain.cards.template_queries import get_template
from webapp.domain.content.fields import Field, JsonObject, Text
from webapp.domain.jobs.commands import enqueue
from webapp.domain.themes.queries import find_live_stylesheet, find_stylesheet
from webapp.kernel.errors import Conflict, Denied, FieldError, Invalid, NotFound, Unavailable
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work, check_unchanged, require
from webapp.ports import Renderer, Storage

FIELDS = (
    Field("template_id", Reference()),
    Field("festival_id", Reference(), required=False),
    Field("title", Text(limits.TITLE_MAX, is_line=True), required=False),
    Field("message", Text(limits.MESSAGE_MAX), required=False),
    Field("sender_name", Text(limits.SENDER_MAX, is_line=True), required=False),
    Field("custom_image_url", ImageAddress(limits.URL_MAX), required=False),
    Field("values", JsonObject(), required=False),
    Field("is_public", Flag()),
)
DRAW_PREVIEW = "cards.draw_preview"
NO_BROWSER = "renderer_unavailable"
_NEWEST = (SortKey(Card.created_at, lambda card: card.created_at), SortKey(Card.id, lambda card: card.id))


@dataclass(frozen=True, slots=True)
class Draft:
    """A card that is checked and not yet kept; knows nothing of the database."""

    fields: Mapping[str, Any]
    template_version: int
    stylesheet_hash: str | None
    page: CardPage
    size: tuple[int, int]
    pointers: Mapping[str, str]
    """Where each field that is shown came from, as a JSON Pointer."""


def card_errors(sent: Mapping[str, Any], *, partial: bool = False) -> list[FieldError]:
    """What is wrong with the fields of a card, whatever its template."""
    return read_fields(FIELDS, sent, partial=partial, required=("template_id",))[1]


def draft_card(work: Work, fields: Mapping[str, Any], language: str | None = None) -> Draft:
    """Check a new card against its template. Raises Invalid with everything that is wrong.

    ``language`` (BCP 47) is that of the festival's message, where the card brings none.
    """
    require(work.actor, policy.may_create(work.actor))
    return _draft(work, fields, {}, language)


def redraft_card(
    work: Work, card_id: UUID, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> Draft:
    """The same for a card with some other fields, in the template's present version and today's theme."""
    card = _own_card(work, card_id, expected)
    if card.template_id is None and "template_id" not in changes:
        raise template_gone()
    return _draft(work, changes, {field.name: getattr(card, field.name) for field in FIELDS})


def template_gone() -> Conflict:
    return Conflict("The template of this card is gone; choose another.", code="template_gone")


def _draft(
    work: Work, sent: Mapping[str, Any], before: Mapping[str, Any], language: str | None = None
) -> Draft:
    values, errors = read_fields(FIELDS, sent, partial=bool(before), required=("template_id",))
    fields = {field.name: values.get(field.name, before.get(field.name)) for field in FIELDS}
    template = _referred(work, fields, "template_id", get_template, errors)
    festival = _referred(work, fields, "festival_id", get_festival, errors)
    fields["values"], fields["is_public"] = fields["values"] or {}, bool(fields["is_public"])
    if template is None:
        raise Invalid(errors or [FieldError("/template_id", "This field is required.", "required")])
    if template.is_premium and not _may_use_premium(work, template):
        raise Denied("This template is for premium members.", code="premium_only")
    own = {name: fields[name] for name in OWN}
    if not own["message"] and festival is not None:
        own["message"] = fields["message"] = festival.message_in(language)
    filled, found = read_values(template.template_config, own, fields["values"])
    named = {error.pointer for error in errors}
    errors += [error for error in found if error.pointer not in named]
    if errors:
        raise Invalid(errors)
    if festival is not None:
        filled["festival"] = {"name": festival.name, "slug": festival.slug, "colors": festival.colors}
    body, flaws = render(template.template_code, filled)
    if flaws:
        raise Invalid(flaws, "The template does not work with these values.")
    live = find_live_stylesheet(work.session, None)
    sheet = live[1] if live else None
    return Draft(
        fields=fields,
        template_version=template.version,
        stylesheet_hash=sheet.hash if sheet else None,
        page=CardPage(body, sheet.css if sheet else "", {}, fields["title"]),
        size=size_of(template.template_config),
        pointers={name: f"/{name}" if name in OWN else f"/values/{name}" for name in filled},
    )


def _referred(
    work: Work, fields: Mapping[str, Any], name: str, find: Any, errors: list[FieldError]
) -> Any | None:
    """What a field names, or None with an error."""
    if fields[name] is None:
        return None
    try:
        return find(work, fields[name])
    except NotFound as missing:
        errors.append(FieldError(f"/{name}", missing.detail, "not_found"))
        return None


def _may_use_premium(work: Work, template: Template) -> bool:
    user = work.session.get(User, work.actor.id) if work.actor.id else None
    return policy.may_edit_template(work.actor, template) or policy.is_premium(user, work.now)


def fit(draft: Draft, renderer: Renderer, storage: Storage) -> dict[str, float]:
    """The font sizes at which texts fit their boxes; {} where there is no browser to measure them.

    Raises Invalid naming every field that does not fit at its smallest size, Unavailable while it is busy.
    """
    try:
        found = renderer.measure(draft.page.sheet(frame(draft.size, draft.size), storage))
    except Unavailable as reason:
        if reason.code != NO_BROWSER:
            raise
        return {}
    errors = [
        FieldError(draft.pointers[name], "Does not fit into its place on the card.", "overflow")
        for name in found.overflows
        if name in draft.pointers
    ]
    if errors:
        raise Invalid(errors)
    return {name: size for name, size in found.fits.items() if NAME.fullmatch(name)}


def keep_card(work: Work, draft: Draft, fits: Mapping[str, float]) -> Card:
    """Keep a new card, and count the use of its template. Raises Conflict where that vanished meanwhile."""
    template_id = draft.fields["template_id"]
    used = update(Template).where(Template.id == template_id)
    counted = work.session.execute(used.values(usage_count=Template.usage_count))  # one card at a time
    if not counted.rowcount:  # type: ignore[attr-defined]
        raise template_gone()
    card = Card(user_id=work.actor.id, created_at=work.now)
    _fill(work, card, draft, fits)
    work.session.add(card)
    usage = TemplateUsage(
        template_id=template_id,
        user_id=work.actor.id,
        festival_id=draft.fields["festival_id"],
        created_at=work.now,
    )
    work.session.add(usage)
    work.session.flush()
    uses = select(func.count()).select_from(TemplateUsage).where(TemplateUsage.template_id == template_id)
    work.session.execute(used.values(usage_count=uses.scalar_subquery()))
    record(work, "card.create", card.id)
    request_preview(work, card)
    return card


def change_card(
    work: Work, card_id: UUID, draft: Draft, fits: Mapping[str, float], *, expected: Container[str] | None
) -> Card:
    """Keep the new draft of a card. Raises NotFound, Stale, Conflict where the template vanished."""
    card = _own_card(work, card_id, expected)
    if work.session.get(Template, draft.fields["template_id"]) is None:
        raise template_gone()
    _fill(work, card, draft, fits)
    record(work, "card.update", card.id)
    work.session.flush()
    request_preview(work, card)
    return card


def _fill(work: Work, card: Card, draft: Draft, fits: Mapping[str, float]) -> None:
    for name, value in draft.fields.items():
        setattr(card, name, value)
    card.template_version, card.stylesheet_hash = draft.template_version, draft.stylesheet_hash
    card.body, card.fits = draft.page.body, dict(fits)
    card.width, card.height = draft.size
    card.updated_at = work.now


def list_my_cards(work: Work, request: PageRequest) -> Page[Card]:
    """One's own cards, newest first."""
    require(work.actor, policy.may_create(work.actor))
    statement = select(Card).where(Card.user_id == work.actor.id)
    return fetch_page(work.session, statement, request, _NEWEST, descending=True)


def get_card(work: Work, card_id: UUID) -> Card:
    """One card. Raises NotFound, also for somebody else's."""
    card = work.session.get(Card, card_id)
    if card is None or not policy.may_see_card(work.actor, card):
        raise NotFound("Card not found")
    return card


def duplicate_card(work: Work, card_id: UUID) -> Card:
    """A copy of one's card as it is. Raises NotFound."""
    card = _own_card(work, card_id, None)
    copied = (*(field.name for field in FIELDS), "template_version", "stylesheet_hash", "body", "fits")
    values = {name: getattr(card, name) for name in (*copied, "width", "height")}
    values["is_public"] = False
    copy = Card(user_id=work.actor.id, created_at=work.now, updated_at=work.now, **values)
    work.session.add(copy)
    work.session.flush()
    record(work, "card.create", copy.id)
    request_preview(work, copy)
    return copy


def delete_card(work: Work, card_id: UUID, *, expected: Container[str] | None = None) -> None:
    """Delete a card for good, with its links. Raises NotFound, Stale."""
    work.session.delete(_own_card(work, card_id, expected))
    record(work, "card.delete", card_id)
    work.session.flush()


def page_of(work: Work, card: Card, *, in_todays_theme: bool = False) -> CardPage:
    """The page of a card as it was made, or in today's theme."""
    sheet = None
    if in_todays_theme:
        live = find_live_stylesheet(work.session, None)
        sheet = live[1] if live else None
    elif card.stylesheet_hash is not None:
        sheet = find_stylesheet(work.session, card.stylesheet_hash)
    return CardPage(card.body, sheet.css if sheet else "", card.fits, card.title)


def request_preview(work: Work, card: Card) -> None:
    """Have the card drawn once the change is kept."""
    enqueue(work, DRAW_PREVIEW, {"card_id": str(card.id)}, key=f"{DRAW_PREVIEW} {card.id} {card.changes}")


def _own_card(work: Work, card_id: UUID, expected: Container[str] | None) -> Card:
    card = get_card(work, card_id)
    require(work.actor, policy.may_use_card(work.actor, card))
    check_unchanged(card.tag, expected)
    return card
