"""Steps on the way in: what one browser has begun and may end once, within minutes."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import delete

from webapp.domain.accounts.factor_models import SignInStep
from webapp.domain.accounts.models import User
from webapp.kernel.work import Work


class StepPurpose(StrEnum):
    """The second step after the right password; a challenge for a passkey, new or known."""

    SECOND = "second"
    PASSKEY = "passkey"
    NEW_PASSKEY = "new passkey"


LIFETIMES = {
    StepPurpose.SECOND: timedelta(minutes=15),
    StepPurpose.PASSKEY: timedelta(minutes=5),
    StepPurpose.NEW_PASSKEY: timedelta(minutes=5),
}


def begin_step(work: Work, token: str, purpose: StepPurpose, user: User | None = None) -> None:
    """Remember that the browser with ``token`` (random, 256 bits) has begun something."""
    work.session.add(
        SignInStep(
            token_hash=_digest(token),
            purpose=purpose,
            user=user,
            credentials_version=user.credentials_version if user else None,
            expires_at=work.now + LIFETIMES[purpose],
        )
    )
    work.session.flush()


def find_step(work: Work, token: str, purpose: StepPurpose) -> SignInStep | None:
    """The step behind a browser's token, if it still may be ended."""
    step = work.session.get(SignInStep, _digest(token))
    if step is None or step.purpose != purpose or step.expires_at <= work.now:
        return None
    user = step.user
    is_dead = user is not None and (
        not user.is_approved or user.credentials_version != step.credentials_version
    )
    return None if is_dead else step


def end_step(work: Work, token: str, purpose: StepPurpose) -> SignInStep | None:
    """The step, which is over with that: of several who end it at once one gets it."""
    step = find_step(work, token, purpose)
    if step is None:
        return None
    gone = delete(SignInStep).where(SignInStep.token_hash == step.token_hash)
    result = work.session.execute(gone.execution_options(synchronize_session=False))
    work.session.expunge(step)
    return step if result.rowcount == 1 else None  # type: ignore[attr-defined]


def forget_old_steps(work: Work) -> None:
    """Forget what was begun and never ended."""
    work.session.execute(delete(SignInStep).where(SignInStep.expires_at <= work.now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
