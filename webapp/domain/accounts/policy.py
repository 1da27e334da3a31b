"""Who may do what with people."""

from __future__ import annotations

from webapp.domain.accounts.models import User
from webapp.kernel.work import Actor, Role

PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.MEMBER: ("read",),
    Role.EDITOR: ("read", "themes:write", "content:write", "gallery:write"),
    Role.ADMIN: ("read", "themes:write", "content:write", "gallery:write", "users:admin", "settings:admin"),
}
"""What each role is called in a token's ``permissions`` claim; informative, no right is decided from it."""


def may_administer_people(actor: Actor) -> bool:
    return actor.is_admin


def may_review(actor: Actor, user: User) -> bool:
    """Approving or rejecting is for admins, and never for oneself."""
    return actor.is_admin and actor.id != user.id


def is_demotion(before: str, after: str) -> bool:
    """Whether a person with the role ``after`` may do less than with ``before``."""
    ranks = list(Role)
    return ranks.index(Role(after)) < ranks.index(Role(before))
