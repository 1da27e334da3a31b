"""Writing a mail: its words, its link and the colours of the day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from webapp.domain.mail.kinds import KINDS
from webapp.domain.mail.links import page_url, token_of
from webapp.domain.mail.look import look_of
from webapp.domain.mail.models import Mail
from webapp.domain.settings.queries import get_setting
from webapp.ports import MailLook, MailRenderer, Ports, RenderedMail, Site

SAMPLE_NAME = "A florist"
MASK = "…"
"""Stands for the token where a mail is only looked at."""


def write(
    session: Session,
    renderer: MailRenderer,
    site: Site,
    kind: str,
    language: str,
    values: Mapping[str, Any],
    *,
    masked: bool = False,
    look: MailLook | None = None,
) -> RenderedMail:
    """The mail of ``kind`` with ``values``.

    ``link_id`` among them is the id of the link whose token the address gets, unless it is ``masked`` or a
    sample (``is_sample``); ``console`` keeps the address at the console.
    """
    facts: dict[str, Any] = {"name": "", "site_name": get_setting(session, "site_name"), **values}
    if page := KINDS[kind].page:
        token = None
        if page.takes_token:
            is_masked = masked or values.get("is_sample")
            token = MASK if is_masked else token_of(site, UUID(values["link_id"]))
        facts["url"] = page_url(site, page, token, console=bool(values.get("console")))
    return renderer.render(kind, language, facts, look or look_of(session))


def write_again(session: Session, renderer: MailRenderer, site: Site, mail: Mail) -> RenderedMail:
    """How ``mail`` reads today, without what would open anything."""
    return write(session, renderer, site, mail.kind, mail.language, mail.values, masked=True)


def write_sample(
    session: Session, ports: Ports, kind: str, language: str, *, scheme: str = "light"
) -> RenderedMail:
    """A mail of ``kind`` with sample values, in the colours of one ``scheme`` whatever the reader's is."""
    look = look_of(session)
    colors = look.dark if scheme == "dark" else look.light
    look = replace(look, light=colors, dark=colors)
    values = {"name": SAMPLE_NAME, **KINDS[kind].sample}
    return write(session, ports.mail_renderer, ports.site, kind, language, values, masked=True, look=look)
