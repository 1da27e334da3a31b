"""What the audit log is told of a change to a person: rights in full, personal data by the fields' names."""

from __future__ import annotations

from typing import Any

from webapp.domain.accounts.models import User
from webapp.domain.audit.events import differences, record
from webapp.kernel.clock import rfc3339
from webapp.kernel.work import Work

PROFILE_FIELDS = ("email", "username", "full_name", "first_name", "last_name", "profile_image_url")
PRIVATE_FIELDS = {**{name: name for name in PROFILE_FIELDS}, "password_hash": "password"}
"""Columns whose values are not for the log, and what they are called there."""


def state_of(user: User) -> dict[str, Any]:
    """The columns of a person that the log follows."""
    expiry = user.subscription_expires_at
    shown = {
        "role": str(user.role),
        "status": str(user.status),
        "is_premium": user.is_premium,
        "subscription_expires_at": rfc3339(expiry) if expiry else None,
    }
    return shown | {column: getattr(user, column) for column in PRIVATE_FIELDS}


def record_change(work: Work, action: str, user: User, before: dict[str, Any]) -> None:
    """Record ``action`` with what is different in ``user`` since ``before``, their :func:`state_of` then."""
    found = differences(before, state_of(user))
    changes = {PRIVATE_FIELDS.get(k, k): None if k in PRIVATE_FIELDS else v for k, v in found.items()}
    record(work, action, user.id, changes)
