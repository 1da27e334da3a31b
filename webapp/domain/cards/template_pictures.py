"""Pictures of templates whose makers gave none: the live version with samples, in the active theme."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import String, cast, func, literal, or_, select, update

from webapp.domain.audit.events import Happening, listens
from webapp.domain.cards.caching import outdate_template
from webapp.domain.cards.models import Template, TemplateUsage
from webapp.domain.cards.previews import picture_of, store_preview
from webapp.domain.cards.render_links import signature_of
from webapp.domain.cards.samples import OWN_WORDS
from webapp.domain.cards.template_preview import Preview, fitted, sample_page
from webapp.domain.jobs.commands import enqueue
from webapp.domain.themes.queries import find_active_theme, find_live_stylesheet
from webapp.kernel.errors import Invalid, NotFound
from webapp.kernel.work import Work
from webapp.ports import Ports

DRAW_TEMPLATE, DRAW_TEMPLATES = "cards.draw_template", "cards.draw_templates"
FOLDER = "private/templates/"
SIDE_MAX = 640
NO_THEME = "none"
PURPOSE = b"a picture of a template\0"
OF_LOOKS = frozenset({"theme.activate", "theme.publish"})
_NAME = re.compile(r"([0-9a-f]{32})-[0-9]{1,9}-[0-9a-z]{1,64}")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be drawn; knows nothing of the database."""

    template_id: UUID
    version: int
    key: str
    preview: Preview


# --- asking for them ------------------------------------------------------------------------


def have_picture(work: Work, template: Template) -> None:
    """Have the live version drawn, unless that was done, or the maker gave a picture instead."""
    if template.preview_image_url is not None:
        template.preview_key = None
    elif not (template.preview_key or "").startswith(_stem(template)):
        enqueue(work, DRAW_TEMPLATE, {"template_id": str(template.id)})


@listens
def follow_look(work: Work, happenings: Sequence[Happening]) -> None:
    """Have all templates drawn anew when another theme is active, or the active one is published."""
    looks = [each for each in happenings if each.action in OF_LOOKS]
    active = find_active_theme(work.session) if looks else None
    if any(each.action == "theme.activate" or (active and each.subject_id == active.id) for each in looks):
        enqueue(work, DRAW_TEMPLATES)


# --- drawing --------------------------------------------------------------------------------


def present_look(work: Work) -> tuple[str, str]:
    """The stylesheet of the active theme, by its hash and as CSS."""
    live = find_live_stylesheet(work.session, None)
    return (live[1].hash, live[1].css) if live else (NO_THEME, "")


def plan_picture(work: Work, template_id: UUID) -> Picture | None:
    """What is to be drawn; None where the template is gone, has its maker's picture, or has this one."""
    template = work.session.get(Template, template_id, populate_existing=True)
    if template is None or template.preview_image_url is not None:
        return None
    sheet_hash, css = present_look(work)
    key = f"{_stem(template)}{sheet_hash}.jpg"
    if template.preview_key == key:
        return None
    preview = sample_page(css, template.template_code, template.template_config, OWN_WORDS, {})
    return Picture(template_id, template.version, key, preview)


def store_picture(ports: Ports, picture: Picture) -> None:
    """Draw and store it. Raises Unavailable, Invalid."""
    if picture.preview.errors:
        raise Invalid(picture.preview.errors, "The template does not work with sample values.")
    preview = fitted(picture.preview, ports.renderer, ports.storage)[0]
    store_preview(ports, picture.key, picture_of(preview.page, preview.size, SIDE_MAX))


def keep_picture(work: Work, picture: Picture) -> bool:
    """Write down that it is there; the template's state stays the same. Answers if it is still wanted."""
    wanted = Template.id == picture.template_id, Template.version == picture.version
    statement = update(Template).where(*wanted, Template.preview_image_url.is_(None))
    kept = work.session.execute(
        statement.values(preview_key=picture.key), execution_options={"synchronize_session": False}
    )
    if not kept.rowcount:  # type: ignore[attr-defined]
        return False
    template = work.session.get(Template, picture.template_id)
    assert template is not None
    outdate_template(work, template)
    return True


def undrawn_templates(work: Work, skip: int, limit: int) -> list[UUID]:
    """Templates without a picture in the present look, those that were used last first."""
    ending = literal("%-") + cast(Template.version, String) + f"-{present_look(work)[0]}.jpg"
    last_use = select(func.max(TemplateUsage.created_at)).where(TemplateUsage.template_id == Template.id)
    statement = (
        select(Template.id)
        .where(Template.preview_image_url.is_(None))
        .where(or_(Template.preview_key.is_(None), Template.preview_key.not_like(ending)))
        .order_by(last_use.scalar_subquery().desc().nulls_last(), Template.created_at.desc(), Template.id)
    )
    return list(work.session.scalars(statement.offset(skip).limit(limit)))


def stray_pictures(work: Work, keys: Iterable[str]) -> list[str]:
    """Those of ``keys`` that no template has any more."""
    wanted = set(keys)
    kept = set(work.session.scalars(select(Template.preview_key).where(Template.preview_key.in_(wanted))))
    return sorted(wanted - kept)


# --- addresses ------------------------------------------------------------------------------


def picture_path(template: Template, secret: bytes) -> str | None:
    """The path of the picture that was drawn; it holds as long as the template is as public as it is now."""
    if template.preview_image_url is not None or template.preview_key is None:
        return None
    name = template.preview_key.removeprefix(FOLDER)
    return f"/t/{_sign(template, name.removesuffix('.jpg'), secret)}/{name}"


def signed_picture(work: Work, signature: str, name: str, secret: bytes) -> tuple[str, bool]:
    """The storage key behind an address, and whether everybody sees its template.

    Raises NotFound where nobody signed it, or the template is gone or has another standing.
    """
    found = _NAME.fullmatch(name)
    template = work.session.get(Template, UUID(found[1])) if found else None
    if template is None or not hmac.compare_digest(
        _sign(template, name, secret).encode(), signature.encode()
    ):
        raise NotFound
    return f"{FOLDER}{name}.jpg", template.is_listed


def _stem(template: Template) -> str:
    return f"{FOLDER}{template.id.hex}-{template.version}-"


def _sign(template: Template, name: str, secret: bytes) -> str:
    return signature_of(PURPOSE, f"{name} {'listed' if template.is_listed else 'own'}".encode(), secret)
