"""The addresses that stand in mails."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from uuid import UUID

from webapp.domain.mail.kinds import Page
from webapp.ports import Site


def token_of(site: Site, link_id: UUID) -> str:
    """The token of a link: HMAC-SHA256 of its id (RFC 2104), 256 bits as base64url.

    Derived instead of kept, so that the database alone opens nothing, and a mail that is written
    again holds the same link.
    """
    digest = hmac.digest(site.secret, b"link in a mail\0" + link_id.bytes, "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def page_url(site: Site, page: Page, token: str | None = None, *, console: bool = False) -> str:
    """Where a button leads: to the frontend if there is one and ``console`` does not keep it at home."""
    if site.frontend_origin and page.frontend and not console:
        return f"{site.frontend_origin}{page.frontend}" + (f"?token={token}" if token else "")
    return f"{site.origin}{page.console}" + (f"/{token}" if token else "")
