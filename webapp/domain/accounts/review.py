"""Letting people in and turning them away, one by one or several at once."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from uuid import UUID

from webapp.domain.accounts.changes import record_change, state_of
from webapp.domain.accounts.models import REASON_MAX, Status, User
from webapp.domain.accounts.notices import tell
from webapp.domain.accounts.policy import may_administer_people, may_review
from webapp.domain.accounts.queries import get_user
from webapp.kernel.errors import Conflict, Denied, DomainError, FieldError, Invalid
from webapp.kernel.work import Work, check_unchanged, require


def approve_user(work: Work, user_id: UUID, *, expected: Container[str] | None = None) -> User:
    """Let a person in who waits or was rejected. Raises Conflict for any other status."""
    allowed_from = (Status.PENDING, Status.REJECTED, Status.UNVERIFIED)
    return _review(work, user_id, Status.APPROVED, allowed_from, expected=expected)


def reject_user(
    work: Work, user_id: UUID, reason: str | None = None, *, expected: Container[str] | None = None
) -> User:
    """Turn a waiting person away, with a reason they will be told."""
    if reason is not None and len(reason) > REASON_MAX:
        raise Invalid([FieldError("/reason", f"Must have at most {REASON_MAX} characters.", "too_long")])
    allowed_from = (Status.PENDING, Status.UNVERIFIED)
    return _review(work, user_id, Status.REJECTED, allowed_from, reason, expected=expected)


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What became of one person in a bulk review; ``error`` is None when it went through."""

    user_id: UUID
    error: DomainError | None = None


def review_users(
    work: Work, user_ids: Iterable[UUID], *, approve: bool, reason: str | None = None
) -> list[ReviewOutcome]:
    """Approve or reject several people; each stands for itself, and errors come back by person."""
    require(work.actor, may_administer_people(work.actor))
    outcomes = []
    for user_id in user_ids:
        try:
            with work.session.begin_nested():
                approve_user(work, user_id) if approve else reject_user(work, user_id, reason)
            outcomes.append(ReviewOutcome(user_id))
        except DomainError as error:
            outcomes.append(ReviewOutcome(user_id, error))
    return outcomes


def _review(
    work: Work,
    user_id: UUID,
    verdict: Status,
    allowed_from: tuple[Status, ...],
    reason: str | None = None,
    *,
    expected: Container[str] | None = None,
) -> User:
    user = get_user(work, user_id, lock=True)
    check_unchanged(user.tag, expected)
    if not may_review(work.actor, user):
        raise Denied("You cannot review your own account.", code="own_account")
    if user.status not in allowed_from:
        raise Conflict(f"This person is {user.status} already.", code="already_reviewed")
    before = state_of(user)
    user.status = verdict
    user.rejection_reason = reason or None
    user.reviewed_at, user.reviewed_by = work.now, work.actor.id
    user.updated_at = work.now
    work.session.flush()
    record_change(work, "user.approve" if verdict == Status.APPROVED else "user.reject", user, before)
    if verdict == Status.APPROVED:
        tell(work, user, "approved")
    else:
        tell(work, user, "rejected", reason=user.rejection_reason)
    return user
