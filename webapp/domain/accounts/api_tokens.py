"""API tokens: keys with a name, scopes and an end, which a person makes for scripts and frontends."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from webapp.domain.accounts.models import TOKEN_NAME_MAX, ApiToken
from webapp.domain.accounts.queries import get_self
from webapp.domain.audit.events import record
from webapp.kernel.db import is_storable
from webapp.kernel.errors import Conflict, FieldError, Invalid, NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.work import Work

PREFIX = "rgl_"
"""How every token begins, so that scanners for leaked secrets find it."""
FEATURES = ("themes", "content", "gallery", "cards", "people", "admin")
SCOPES = (*(f"{feature}:{right}" for feature in FEATURES for right in ("read", "write")), "account:read")
"""What a token may be for; never more than its person may do."""
DAYS_MAX = 365
TOKENS_MAX = 50
"""Live tokens of one person."""
USED_EVERY = timedelta(minutes=1)

BY_CREATED = SortKey(ApiToken.created_at, lambda token: token.created_at)
BY_ID = SortKey(ApiToken.id, lambda token: token.id)


def list_api_tokens(work: Work, request: PageRequest) -> Page[ApiToken]:
    """One's own live tokens, the newest first."""
    statement = select(ApiToken).where(_is_own_and_live(work))
    return fetch_page(work.session, statement, request, (BY_CREATED, BY_ID), descending=True)


def create_api_token(
    work: Work, secret: str, *, name: str, scopes: Collection[str], expires_in_days: int
) -> ApiToken:
    """Make a token; ``secret`` (``PREFIX`` and 256 random bits) is shown once and not kept.

    Raises Invalid with every wrong field, Conflict when the person has too many.
    """
    user = get_self(work)
    if errors := token_errors(name, scopes, expires_in_days):
        raise Invalid(errors)
    count = select(func.count()).select_from(ApiToken).where(_is_own_and_live(work))
    if (work.session.scalar(count) or 0) >= TOKENS_MAX:
        raise Conflict(f"You have {TOKENS_MAX} tokens already; revoke one first.", code="too_many_tokens")
    token = ApiToken(
        user=user,
        name=name.strip(),
        scopes=[scope for scope in SCOPES if scope in scopes],
        token_hash=_digest(secret),
        hint=secret[: len(PREFIX) + 4],
        credentials_version=user.credentials_version,
        created_at=work.now,
        expires_at=work.now + timedelta(days=expires_in_days),
    )
    work.session.add(token)
    work.session.flush()
    record(work, "token.create", token.id, {"scopes": (None, token.scopes)})
    return token


def revoke_api_token(work: Work, token_id: UUID) -> None:
    """Make one of one's own tokens worthless at once. Raises NotFound."""
    revoked = update(ApiToken).where(_is_own_and_live(work), ApiToken.id == token_id)
    if work.session.scalar(revoked.values(revoked_at=work.now).returning(ApiToken.id)) is None:
        raise NotFound("Token not found")
    record(work, "token.revoke", token_id)


def find_api_token(session: Session, secret: str, now: datetime) -> ApiToken | None:
    """The live token with this secret."""
    found = session.scalar(select(ApiToken).where(ApiToken.token_hash == _digest(secret)))
    return found if found is not None and found.is_live(now) else None


def is_used_late(token: ApiToken, now: datetime) -> bool:
    """Whether it is time to write down that the token is in use."""
    return token.last_used_at is None or token.last_used_at < now - USED_EVERY


def note_used(work: Work, token_id: UUID) -> None:
    """Write down that a token is in use now."""
    used = update(ApiToken).where(ApiToken.id == token_id).values(last_used_at=work.now)
    work.session.execute(used.execution_options(synchronize_session=False))


def token_errors(name: str, scopes: Collection[str], expires_in_days: int) -> list[FieldError]:
    """Everything that is wrong with what a new token is asked to be."""
    errors = []
    if not name.strip():
        errors.append(FieldError("/name", "This field is required.", "required"))
    elif len(name.strip()) > TOKEN_NAME_MAX:
        errors.append(FieldError("/name", f"Must have at most {TOKEN_NAME_MAX} characters.", "too_long"))
    elif not is_storable(name) or not name.strip().isprintable():
        errors.append(FieldError("/name", "Must be a single line of text.", "invalid_characters"))
    if not scopes:
        errors.append(FieldError("/scopes", "Choose at least one.", "required"))
    elif unknown := sorted(set(scopes) - set(SCOPES)):
        errors.append(FieldError("/scopes", f"Not known: {', '.join(unknown)[:200]}.", "invalid_choice"))
    if not 1 <= expires_in_days <= DAYS_MAX:
        errors.append(FieldError("/expires_in_days", f"Must be from 1 to {DAYS_MAX}.", "out_of_range"))
    return errors


def _is_own_and_live(work: Work) -> ColumnElement[bool]:
    user = get_self(work)
    return and_(
        ApiToken.user_id == user.id,
        ApiToken.revoked_at.is_(None),
        ApiToken.expires_at > work.now,
        ApiToken.credentials_version == user.credentials_version,
    )


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
