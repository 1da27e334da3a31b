"""The way to an identity provider and back: a signed state, its answer, and a one-time code for who asked.

Nothing is kept until a provider answers: what the answer is held against is derived from the state. Who asked
proves by a code verifier of its own (RFC 7636) that the answer is for it, so that a code in an address is
worth nothing to anybody else, and nobody can be signed in with somebody else's answer.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urlsplit

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete, select

from webapp.domain.accounts.oauth_models import SUBJECT_MAX, OAuthCode
from webapp.kernel.db import insert_missing
from webapp.kernel.errors import Denied, DomainError, FieldError, Invalid, Malformed, NotFound
from webapp.kernel.work import Work
from webapp.ports import AuthorizationRequest, Identity, IdentityProvider, IdentityRefused, Ports, Site

STATE_LIFETIME = timedelta(minutes=10)
"""How long somebody may take at the provider."""
CODE_LIFETIME = timedelta(minutes=2)
REDIRECT_MAX = 500
CLIENT_STATE_MAX = 256
LOOPBACK = ("127.0.0.1", "::1", "localhost")

GoOn = Callable[[], Work]


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks for a sign-in elsewhere: where the answer goes, the challenge of their verifier (S256), and a
    state of their own that comes back unchanged."""

    redirect_uri: str
    code_challenge: str
    state: str | None = None


@dataclass(frozen=True, slots=True)
class _State:
    """What our ``state`` says; its text is signed."""

    text: str
    id: str
    asked: Asked
    made_at: datetime


def get_provider(ports: Ports, name: str) -> IdentityProvider:
    """The provider of that name. Raises NotFound where this installation is not registered with it."""
    found = ports.identity_providers.get(name)
    if found is None:
        raise NotFound("Signing in that way is not set up here.", code="unknown_provider")
    return found


def authorization_url(ports: Ports, name: str, asked: Asked, state_id: str, now: datetime) -> str:
    """Where to send a browser. ``state_id`` is random, 128 bits.

    Raises NotFound for an unknown provider, Invalid for an address that is not ours to send people to,
    Unavailable. May take seconds.
    """
    provider = get_provider(ports, name)
    if not may_return_to(ports.site, asked.redirect_uri):
        words = "Not an address of this installation, its frontends or its apps."
        raise Invalid([FieldError("/query/redirect_uri", words, "not_allowed")])
    said = [name, state_id, asked.redirect_uri, asked.code_challenge, asked.state, int(now.timestamp())]
    state = _State(str(_serializer(ports.site).dumps(said)), state_id, asked, now)
    return provider.authorization_url(_request(ports.site, name, state))


def may_return_to(site: Site, address: str) -> bool:
    """Whether a browser may be sent to ``address`` with a code."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return False
    is_plain = all("!" <= sign <= "~" and sign not in "\\#" for sign in address)
    if not is_plain or "@" in parts.netloc:
        return False
    origin = f"{parts.scheme}://{parts.netloc}"
    if origin in (site.origin, *site.frontend_origins):
        return True
    if parts.hostname in LOOPBACK and port is not None:  # RFC 8252, section 7.3
        portless = origin.removesuffix(f":{port}")
        address, origin = address.replace(origin, portless, 1), portless
    return origin in site.frontend_origins or address in site.app_redirects


def answer_callback(
    work: Work, go_on: GoOn, ports: Ports, name: str, answer: Mapping[str, str], code: str
) -> str:
    """Take a provider's ``answer``, and say where its browser goes next: to who asked, with ``code`` (random,
    256 bits) or with an ``error``.

    The database is free while the provider is asked. Raises Malformed for a state that is not of our making,
    which leads nowhere.
    """
    provider = get_provider(ports, name)
    state = _read_state(ports.site, name, answer.get("state", ""))
    try:
        _check_answer(work, state, answer)
        row = _take(work, name, state)
        work = go_on()
        identity = _identify(provider, _request(ports.site, name, state), answer)
    except DomainError as error:
        return _back(state.asked, error=error.code)
    row = work.session.get_one(OAuthCode, row.id)
    row.code_hash, row.identity, row.expires_at = _digest(code), asdict(identity), work.now + CODE_LIFETIME
    work.session.flush()
    return _back(state.asked, code=code)


def take_code(work: Work, code: str, code_verifier: str) -> tuple[str, Identity]:
    """The provider and the identity that a code stands for, which is used up with that.

    Raises Malformed for a code that does not work, or not with this verifier; it is used up all the same.
    """
    row = work.session.scalar(
        select(OAuthCode)
        .where(OAuthCode.code_hash == _digest(code))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    identity = _identity_of(work, row, code_verifier)
    if row is not None and row.used_at is None:
        row.used_at, row.identity = work.now, None
        work.session.flush()
    if row is None or identity is None:
        words = "This sign-in does not hold any more. Start it again."
        raise Malformed(words, code="invalid_code", keeps_work=True)
    return row.provider, identity


def look_at_code(work: Work, code: str, code_verifier: str) -> tuple[str, Identity] | None:
    """The same without using it up; None for a code that does not work."""
    row = work.session.scalar(select(OAuthCode).where(OAuthCode.code_hash == _digest(code)))
    identity = _identity_of(work, row, code_verifier)
    return (row.provider, identity) if row is not None and identity is not None else None


def challenge_of(code_verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, section 4.2)."""
    digest = hashlib.sha256(code_verifier.encode(errors="replace")).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def forget_codes(work: Work) -> None:
    """Forget answers that have expired, once their states have too."""
    is_over = OAuthCode.expires_at < work.now - STATE_LIFETIME
    work.session.execute(delete(OAuthCode).where(is_over))


# --- the parts ------------------------------------------------------------------------------


def callback_url(site: Site, name: str) -> str:
    """The address of ours that a provider sends people back to, as it must be registered there."""
    return f"{site.origin}/api/v1/auth/oauth/{name}/callback"


def _request(site: Site, name: str, state: _State) -> AuthorizationRequest:
    return AuthorizationRequest(
        redirect_uri=callback_url(site, name),
        state=state.text,
        nonce=_derived(site, "nonce", state.id),
        code_verifier=_derived(site, "code verifier", state.id),
    )


def _read_state(site: Site, name: str, text: str) -> _State:
    try:
        provider, state_id, redirect_uri, challenge, client_state, made_at = _serializer(site).loads(text)
    except (BadSignature, ValueError) as error:
        raise Malformed("This is no answer to a question of ours.", code="invalid_state") from error
    if provider != name:
        raise Malformed("This is the answer of another provider.", code="invalid_state")
    asked = Asked(redirect_uri, challenge, client_state)
    return _State(text, state_id, asked, datetime.fromtimestamp(made_at, UTC))


def _check_answer(work: Work, state: _State, answer: Mapping[str, str]) -> None:
    if work.now - state.made_at > STATE_LIFETIME:
        raise Malformed("This sign-in took too long.", code="invalid_state")
    if answer.get("error") in ("access_denied", "user_cancelled_authorize"):
        raise Denied("Consent was not given.", code="access_denied")
    if not answer.get("code"):
        raise Denied("The provider gave no code.", code="provider_refused")


def _take(work: Work, name: str, state: _State) -> OAuthCode:
    """Note that the state is answered. Raises Malformed when it was before."""
    row = OAuthCode(
        provider=name,
        state_hash=_digest(state.text),
        code_challenge=state.asked.code_challenge,
        expires_at=state.made_at + STATE_LIFETIME,
    )
    row, is_new = insert_missing(work.session, row, OAuthCode.state_hash)
    if not is_new:
        raise Malformed("This answer was used before.", code="invalid_state")
    return row


def _identify(
    provider: IdentityProvider, request: AuthorizationRequest, answer: Mapping[str, str]
) -> Identity:
    try:
        identity = provider.identify(request, answer)
    except IdentityRefused as error:
        raise Denied(f"{provider.label} did not confirm this sign-in.", code="provider_refused") from error
    if not 0 < len(identity.subject) <= SUBJECT_MAX:
        raise Denied(f"{provider.label} did not say who this is.", code="provider_refused")
    return identity


def _identity_of(work: Work, row: OAuthCode | None, code_verifier: str) -> Identity | None:
    if row is None or row.used_at is not None or row.expires_at <= work.now or row.identity is None:
        return None
    is_theirs = hmac.compare_digest(challenge_of(code_verifier), row.code_challenge)
    return Identity(**row.identity) if is_theirs else None


def _back(asked: Asked, **said: str) -> str:
    if asked.state is not None:
        said["state"] = asked.state
    return asked.redirect_uri + ("&" if "?" in asked.redirect_uri else "?") + urlencode(said)


def _serializer(site: Site) -> URLSafeSerializer:
    return URLSafeSerializer(site.secret, salt="oauth state")


def _derived(site: Site, purpose: str, state_id: str) -> str:
    digest = hmac.digest(site.secret, f"oauth {purpose}\0{state_id}".encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
