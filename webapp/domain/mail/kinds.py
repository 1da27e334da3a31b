"""The kinds of mail: what each is called, where its button leads, and sample values for a preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

RESET_HOURS = 1
VERIFY_HOURS = 72
INVITATION_HOURS = 72


@dataclass(frozen=True, slots=True)
class Page:
    """Where a button leads: a path of the console, or of the frontend where there is one.

    ``takes_token`` adds a token: as the last segment in the console, as ``?token=`` in the frontend.
    """

    console: str
    frontend: str | None = None
    takes_token: bool = False


SECURITY = Page("/console/profile/security")
SIGN_IN = Page("/console/login", "/login")
VERIFY = Page("/console/verify-email", "/verify-email", takes_token=True)
RESET = Page("/console/reset-password", "/reset-password", takes_token=True)
RECOVER = Page("/console/forgot-password", "/recover-password")
SESSIONS = Page("/console/profile/sessions")
APPROVALS = Page("/console/people/approvals")
WEBHOOKS = Page("/console/webhooks")


@dataclass(frozen=True, slots=True)
class MailKind:
    """One kind. ``sample`` has a value for each that its words name, but for the name and the link."""

    name: str
    label: str
    when: str
    page: Page | None = None
    sample: Mapping[str, Any] = field(default_factory=dict)


KINDS = {
    kind.name: kind
    for kind in (
        MailKind(
            "verify_email", "Verify e-mail", "After registering, to prove that the address is theirs.",
            VERIFY, {"hours": VERIFY_HOURS},
        ),
        MailKind("welcome", "Welcome", "When an account is ready at once.", SIGN_IN),
        MailKind("awaiting_approval", "Awaiting approval", "When a registration waits for an admin."),
        MailKind(
            "people_waiting", "People waiting", "To admins, at most every five minutes.",
            APPROVALS, {"count": 3, "names": ["A florist", "A photographer"]},
        ),
        MailKind("approved", "Approved", "When an admin lets a person in.", SIGN_IN),
        MailKind(
            "rejected", "Rejected", "When an admin turns a person away.",
            sample={"reason": "We only know people who work with us."},
        ),
        MailKind(
            "password_reset", "Password reset", "When somebody asks for a new password.",
            RESET, {"minutes": RESET_HOURS * 60},
        ),
        MailKind("password_changed", "Password changed", "After every change of a password.", RECOVER),
        MailKind(
            "factor_added", "Second factor added", "When an app, a passkey or new recovery codes are added.",
            SECURITY,
        ),
        MailKind(
            "factor_removed", "Second factor removed", "When an app or a passkey is taken off.",
            SECURITY,
        ),
        MailKind(
            "recovery_code_used", "Recovery code used", "When somebody signs in with a recovery code.",
            SECURITY, {"left": 9},
        ),
        MailKind(
            "new_sign_in", "New sign-in", "After a sign-in from a device or a place not seen before.",
            SESSIONS, {"device": "Firefox on Linux", "at": "2026-11-08 18:30 UTC"},
        ),
        MailKind(
            "confirm_email", "Confirm e-mail", "To a new address, before it takes effect.",
            VERIFY, {"hours": VERIFY_HOURS},
        ),
        MailKind("email_changed", "E-mail changed", "To the address that a person had before."),
        MailKind("suspended", "Suspended", "When an admin suspends an account."),
        MailKind(
            "new_account", "New account", "When an admin adds a person.",
            RESET, {"login": "person@example.org", "hours": INVITATION_HOURS},
        ),
        MailKind(
            "template_approved", "Template approved", "When an editor shows a template that waited.",
            sample={"title": "Row of lamps"},
        ),
        MailKind(
            "template_rejected", "Template rejected", "When an editor takes a template down.",
            sample={"title": "Row of lamps", "reason": "The picture is not yours to share."},
        ),
        MailKind(
            "review_approved", "Review approved", "When an editor shows a review that waited.",
            sample={"title": "Row of lamps"},
        ),
        MailKind(
            "review_rejected", "Review rejected", "When an editor takes a review down.",
            sample={"title": "Row of lamps", "reason": "Please leave names out."},
        ),
        MailKind(
            "webhook_off", "Webhook switched off", "To admins, when nothing has reached an address for days.",
            WEBHOOKS, {"webhook": "Build of the shop"},
        ),
        MailKind(
            "test", "Test", "When an admin tries whether mails arrive.",
            sample={"email": "person@example.org"},
        ),
    )
}  # fmt: skip
"""By name, in the order of a person's story."""
