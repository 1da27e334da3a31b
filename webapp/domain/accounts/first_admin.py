"""The one-time link with which the owner of a fresh installation makes the first admin."""

from __future__ import annotations

from itsdangerous import BadSignature, URLSafeTimedSerializer

from webapp.domain.accounts.queries import has_admin
from webapp.kernel.errors import NotFound
from webapp.kernel.work import Work

LIFETIME = 24 * 3600
"""Seconds a link is good for, as long as there is no admin."""


def make_token(secret_key: str) -> str:
    """A signed token for the link; it is worth nothing once there is an admin."""
    return str(URLSafeTimedSerializer(secret_key, salt="first-admin").dumps("first admin"))


def check_token(work: Work, token: str, secret_key: str) -> None:
    """Raise NotFound for a link that is wrong, old or used."""
    serializer = URLSafeTimedSerializer(secret_key, salt="first-admin")
    try:
        serializer.loads(token, max_age=LIFETIME)
    except BadSignature as error:
        raise NotFound("This link is not valid. Start the server again for a new one.") from error
    if has_admin(work.session):
        raise NotFound("There is an admin already. Sign in instead.")
