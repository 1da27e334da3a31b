"""Where people have signed in before: a device and a network together, of which only a digest is kept."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete, select

from webapp.domain.accounts.models import KnownPlace, UserSession
from webapp.domain.accounts.notices import tell
from webapp.kernel.db import insert_missing
from webapp.kernel.work import Work

PREFIXES = {4: 24, 6: 48}
"""Addresses that share so many bits are one place: a household, an office, a provider's corner of a town."""
FORGOTTEN_AFTER = timedelta(days=90)


def note_place(work: Work, session: UserSession) -> None:
    """Remember where ``session`` was begun, and write to its person when that is a new place.

    The first place of all is no news; a sign-in without an address or a name of its client says nothing.
    """
    if session.address is None or session.user_agent is None:
        return
    user = session.user
    had_any = work.session.scalar(select(KnownPlace.key).where(KnownPlace.user_id == user.id).limit(1))
    row = KnownPlace(key=_digest(session), user_id=user.id, seen_at=work.now)
    place, is_new = insert_missing(work.session, row, KnownPlace.key)
    place.seen_at = work.now
    work.session.flush()
    if is_new and had_any is not None:
        at = work.now.strftime("%Y-%m-%d %H:%M UTC")
        tell(work, user, "new_sign_in", device=session.device, at=at)


def forget_places(work: Work) -> None:
    """Forget where nobody has signed in for long."""
    work.session.execute(delete(KnownPlace).where(KnownPlace.seen_at < work.now - FORGOTTEN_AFTER))


def _digest(session: UserSession) -> str:
    place = f"{session.user_id}\0{session.device}\0{_network(session.address or '')}"
    return hashlib.sha256(place.encode()).hexdigest()


def _network(address: str) -> str:
    found = ip_address(address)
    return str(ip_network(f"{found}/{PREFIXES[found.version]}", strict=False))
