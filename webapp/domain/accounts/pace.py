"""How soon after wrong passwords the next one is looked at: longer each time, for one account.

Addresses that its person has signed in from are counted each by itself, all others together, so that
nobody elsewhere can keep a person out at home. Names that nobody has are counted like those of people.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import delete, select, update

from webapp.domain.accounts.models import SignInFailures, User, UserSession
from webapp.kernel.db import insert_missing
from webapp.kernel.errors import TooMany
from webapp.kernel.text import fold
from webapp.kernel.work import Work

FREE_FAILURES = 5
DELAY_MAX = timedelta(minutes=5)
FORGOTTEN_AFTER = timedelta(days=1)


def pace_key(work: Work, identifier: str, user: User | None, *, of: str = "password") -> str:
    """Where wrong passwords of ``identifier`` from the present address are counted, or ``of`` what else."""
    who = f"user {user.id}" if user else f"name {fold(identifier)}"
    where = work.address if user and _is_known(work, user) else "elsewhere"
    return hashlib.sha256(f"{of}\0{who}\0{where}".encode(errors="replace")).hexdigest()


def check_pace(work: Work, key: str) -> None:
    """Raise TooMany while it is too soon: 1 s after five failures, then twice as long each time."""
    row = work.session.get(SignInFailures, key, populate_existing=True)
    if row is None:
        return
    wait = (row.last_at + delay(row.failures) - work.now).total_seconds()
    if wait > 0:
        raise TooMany(int(wait) + 1, "Too many wrong tries. Wait a little before the next one.")


def delay(failures: int) -> timedelta:
    """How long to wait after so many failures in a row."""
    if failures < FREE_FAILURES:
        return timedelta()
    return min(timedelta(seconds=2 ** min(failures - FREE_FAILURES, 20)), DELAY_MAX)


def note_failure(work: Work, key: str) -> None:
    """Count a wrong password or code."""
    if work.session.get(SignInFailures, key) is None:
        row = SignInFailures(key=key, failures=0, last_at=work.now)
        insert_missing(work.session, row, SignInFailures.key)
    one_more = update(SignInFailures).where(SignInFailures.key == key)
    work.session.execute(
        one_more.values(failures=SignInFailures.failures + 1, last_at=work.now),
        execution_options={"synchronize_session": False},
    )


def forget_failures(work: Work, key: str) -> None:
    """The right one came."""
    work.session.execute(delete(SignInFailures).where(SignInFailures.key == key))


def forget_old_failures(work: Work) -> None:
    """Forget what was counted more than a day ago."""
    is_old = SignInFailures.last_at < work.now - FORGOTTEN_AFTER
    work.session.execute(delete(SignInFailures).where(is_old))


def _is_known(work: Work, user: User) -> bool:
    found = select(UserSession.id).where(
        UserSession.user_id == user.id, UserSession.address == work.address, UserSession.address.is_not(None)
    )
    return work.session.scalar(found.limit(1)) is not None
