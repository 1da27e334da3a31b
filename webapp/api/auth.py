"""Bearer tokens: short-lived JWTs (RFC 7519, RFC 8725), checked against the session at each request."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

import jwt as pyjwt
from flask import Flask, current_app, g, request
from flask_jwt_extended import create_access_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from webapp.access import Access, access_of
from webapp.api.token_scopes import scope_of
from webapp.domain.accounts.api_tokens import PREFIX, find_api_token, is_used_late, note_used
from webapp.domain.accounts.policy import PERMISSIONS
from webapp.domain.accounts.queries import LiveSession, find_live_session
from webapp.domain.accounts.sessions import is_seen_late, note_seen
from webapp.domain.accounts.sign_in import Tokens
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.db import reading_engine
from webapp.kernel.errors import Denied, Unauthenticated
from webapp.kernel.work import ANONYMOUS, Actor, Role
from webapp.web import SAFE_METHODS, afterwards

ACCESS_LIFETIME = timedelta(minutes=15)
ISSUER = "rangoli"


def configure_jwt(app: Flask) -> None:
    """Pin algorithm, issuer, audience and lifetime, whatever a token's header says."""
    app.config.update(
        JWT_TOKEN_LOCATION=["headers"],
        JWT_ALGORITHM="HS256",
        JWT_ACCESS_TOKEN_EXPIRES=ACCESS_LIFETIME,
        JWT_ENCODE_ISSUER=ISSUER,
        JWT_DECODE_ISSUER=ISSUER,
        JWT_ENCODE_AUDIENCE=ISSUER,
        JWT_DECODE_AUDIENCE=ISSUER,
    )


def token_answer(tokens: Tokens) -> dict[str, Any]:
    """The members of a sign-in's answer: both tokens, the access token's seconds, the person."""
    user = tokens.user
    claims = {
        "sid": tokens.session_id.hex,
        "ver": user.credentials_version,
        "user_id": str(user.id),
        "email": user.email,
        "username": user.username,
        "is_admin": user.is_admin,
        "is_premium": user.is_premium_at(utc_now()),
        "permissions": list(PERMISSIONS[Role(user.role)]),
    }
    return {
        "access_token": create_access_token(identity=str(user.id), additional_claims=claims),
        "refresh_token": tokens.refresh_token,
        "token_type": "bearer",
        "expires_in": int(ACCESS_LIFETIME.total_seconds()),
        "user": user,
    }


def load_bearer() -> Actor:
    """Who the request's bearer token speaks for.

    On a public route a token that does not hold is passed over, so that a client with an old one can still
    sign in; elsewhere it raises Unauthenticated.
    """
    if "Authorization" not in request.headers:
        return ANONYMOUS
    scheme, _, token = request.headers["Authorization"].strip().partition(" ")
    try:
        if scheme.lower() != "bearer":
            raise Unauthenticated("Could not validate credentials", code="invalid_token")
        is_api_token = token.strip().startswith(PREFIX)
        return _actor_of_api_token(token.strip()) if is_api_token else _actor_of_session(token.strip())
    except (Unauthenticated, Denied):
        if request.endpoint and access_of(current_app, request.endpoint) is Access.PUBLIC:
            return ANONYMOUS
        raise


def current_session_id() -> UUID | None:
    """The session behind this request's token, if it has one."""
    session_id = g.get("session_id")
    return session_id if isinstance(session_id, UUID) else None


def _actor_of_session(token: str) -> Actor:
    session = _session_of_token(token)
    g.session_id = session.id
    if is_seen_late(session.last_seen_at, utc_now()):
        afterwards(partial(note_seen, session_id=session.id))
    return session.actor


def _actor_of_api_token(secret: str) -> Actor:
    """Whom an API token speaks for; Denied where the route is not among what it is for."""
    token = find_api_token(db.session(), secret, utc_now())
    if token is None:
        raise Unauthenticated("Could not validate credentials", code="invalid_token")
    scope = scope_of(request.path, request.method)
    if scope not in token.scopes:
        raise Denied("This API token is not for that.", code="insufficient_scope")
    if is_used_late(token, utc_now()):
        afterwards(partial(note_used, token_id=token.id))
    return token.user.as_actor()


def _session_of_token(token: str) -> LiveSession:
    try:
        claims = _read_token(token, current_app.config["SECRET_KEY"])
        if claims["type"] != "access" or "exp" not in claims:
            raise ValueError("no access token that expires")
        if claims["exp"] <= time.time():
            raise pyjwt.ExpiredSignatureError
        session_id, version = UUID(hex=claims["sid"]), claims["ver"]
    except pyjwt.ExpiredSignatureError as error:
        raise Unauthenticated("The access token has expired.", code="token_expired") from error
    except (JWTExtendedException, pyjwt.PyJWTError, KeyError, ValueError, TypeError, AttributeError) as error:
        raise Unauthenticated("Could not validate credentials", code="invalid_token") from error
    with _asking() as place:
        session = find_live_session(place, session_id, utc_now())
    if session is None or str(session.actor.id) != claims["sub"] or session.credentials_version != version:
        raise Unauthenticated("Could not validate credentials", code="invalid_token")
    return session


def _asking() -> AbstractContextManager[Session | Connection]:
    """Where to ask who it is: beside the session if that is to write, as it then begins a transaction."""
    if request.method in SAFE_METHODS:
        return nullcontext(db.session())
    return reading_engine(db.engine).connect()


@lru_cache(maxsize=1024)
def _read_token(token: str, secret: str) -> dict[str, Any]:
    """The claims of a token that was signed with ``secret``, kept as they are the same with each request.

    Whether it has expired meanwhile is for the caller to see.
    """
    return decode_token(token)
