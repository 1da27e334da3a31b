"""What mails look like. The themes, which stand above mails, say so by :func:`provides_look`."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy.orm import Session

from webapp.ports import MailLook

LookSource = Callable[[Session], MailLook]

_sources: list[LookSource] = []


def provides_look(source: LookSource) -> LookSource:
    """Make ``source`` the one that is asked for the colours of mails."""
    _sources[:] = [source]
    return source


def look_of(session: Session) -> MailLook:
    """The colours of mails at present."""
    (source,) = _sources
    return source(session)
