"""Passkeys (WebAuthn Level 3): discoverable credentials that sign in by themselves.

The device checks who uses it, so that a passkey counts as both factors. A challenge is a step of one
browser: it works once, in that browser, within minutes. The library takes its time to load, and most
processes never need it: each function that does loads it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.accounts.factor_models import CREDENTIAL_ID_MAX, PASSKEY_NAME_MAX, Passkey
from webapp.domain.accounts.factor_setup import first_recovery_codes, forget_useless_codes, keep_one
from webapp.domain.accounts.models import User
from webapp.domain.accounts.notices import tell
from webapp.domain.accounts.queries import get_self
from webapp.domain.accounts.second_factor import factors_of
from webapp.domain.accounts.sign_in import admit, check_standing
from webapp.domain.accounts.sign_in_steps import StepPurpose, begin_step, end_step
from webapp.domain.audit.events import record
from webapp.kernel.db import is_storable
from webapp.kernel.errors import Conflict, FieldError, Invalid, NotFound, Unauthenticated
from webapp.kernel.text import is_visible
from webapp.kernel.work import Work
from webapp.ports import Site

if TYPE_CHECKING:
    from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
    from webauthn.helpers.structs import AuthenticationCredential

PASSKEYS_MAX = 20
"""Of one person."""
ANSWER_MAX = 20_000
"""Characters of what a browser answers."""


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """This installation as passkeys know it: a host name, and the origin its pages come from."""

    id: str
    origin: str


def relying_party(site: Site) -> RelyingParty:
    """From the address of this server; a bare IP address cannot have passkeys, but ``localhost`` can."""
    parts = urlsplit(site.origin)
    host = parts.hostname or "localhost"
    try:
        ip_address(host)
    except ValueError:
        return RelyingParty(host, site.origin)
    return RelyingParty("localhost", f"{parts.scheme}://localhost" + (f":{parts.port}" if parts.port else ""))


def list_passkeys(work: Work) -> Sequence[Passkey]:
    """One's own, the newest first; there are no more than ``PASSKEYS_MAX``."""
    user = get_self(work)
    own = select(Passkey).where(Passkey.user_id == user.id)
    return work.session.scalars(own.order_by(Passkey.created_at.desc(), Passkey.id)).all()


# --- a new one ------------------------------------------------------------------------------


def ask_for_new(work: Work, user: User, token: str, *, site_name: str, site: Site) -> str:
    """What the browser is to ask a device for, as JSON. ``token`` (base64url, 256 bits) is the challenge."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    begin_step(work, token, StepPurpose.NEW_PASSKEY, user)
    known = work.session.scalars(select(Passkey.credential_id).where(Passkey.user_id == user.id))
    options = webauthn.generate_registration_options(
        rp_id=relying_party(site).id,
        rp_name=site_name,
        user_id=user.id.bytes,
        user_name=user.email or user.username or str(user.id),
        user_display_name=user.display_name,
        challenge=webauthn.base64url_to_bytes(token),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(id_)) for id_ in known
        ],
    )
    return webauthn.options_to_json(options)


def add_passkey(
    work: Work, user: User, token: str, answer: str, *, name: str, site: Site
) -> tuple[Passkey, Sequence[str]]:
    """Keep the passkey that a device has made for the challenge ``token``.

    Answers recovery codes too where these are the person's first. Raises Invalid for an answer that does not
    hold and for a bad name, Conflict for one too many.
    """
    import webauthn

    if problem := _problem_with_name(name):
        raise Invalid([FieldError("/name", *problem)])
    step = end_step(work, token, StepPurpose.NEW_PASSKEY)
    if step is None or step.user_id != user.id or len(answer) > ANSWER_MAX:
        raise _unusable()
    party = relying_party(site)
    try:
        made = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=webauthn.base64url_to_bytes(token),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    except Exception as error:  # whatever a hostile answer makes the parsers stumble over
        raise _unusable() from error
    credential_id = webauthn.helpers.bytes_to_base64url(made.credential_id)
    if work.session.scalar(select(Passkey.id).where(Passkey.credential_id == credential_id)) is not None:
        raise Conflict("This passkey is known already.", code="passkey_known")
    count = select(func.count()).select_from(Passkey).where(Passkey.user_id == user.id)
    if (work.session.scalar(count) or 0) >= PASSKEYS_MAX:
        words = f"You have {PASSKEYS_MAX} passkeys already; remove one first."
        raise Conflict(words, code="too_many_passkeys")
    passkey = Passkey(
        user=user,
        name=name.strip(),
        credential_id=credential_id,
        public_key=webauthn.helpers.bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        created_at=work.now,
    )
    work.session.add(passkey)
    work.session.flush()
    record(work, "user.add_passkey", user.id, {"passkey": (None, str(passkey.id))}, actor_id=user.id)
    tell(work, user, "factor_added")
    return passkey, first_recovery_codes(work, user)


def remove_passkey(work: Work, passkey_id: UUID) -> Passkey:
    """Forget one of one's own passkeys. Raises NotFound, and Conflict for the last factor that must stay."""
    user = get_self(work)
    passkey = work.session.get(Passkey, passkey_id)
    if passkey is None or passkey.user_id != user.id:
        raise NotFound("Passkey not found")
    factors = factors_of(work.session, user.id)
    keep_one(work, user, has_others=factors.app is not None or factors.passkeys > 1)
    work.session.delete(passkey)
    work.session.flush()
    record(work, "user.remove_passkey", user.id, {"passkey": (str(passkey_id), None)})
    tell(work, user, "factor_removed")
    forget_useless_codes(work, user)
    return passkey


# --- signing in -----------------------------------------------------------------------------


def ask_for_known(work: Work, token: str, *, site: Site) -> str:
    """What the browser is to ask its devices for, as JSON: any passkey of this installation."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    begin_step(work, token, StepPurpose.PASSKEY)
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(site).id,
        challenge=webauthn.base64url_to_bytes(token),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def sign_in_by_passkey(work: Work, token: str, answer: str, *, site: Site) -> User:
    """The person whose passkey has answered the challenge ``token``; the challenge is used up in any case.

    Raises Unauthenticated for an answer that does not hold; NotAdmitted as for a password for people who may
    not sign in.
    """
    passkey = prove_passkey(work, token, answer, site=site)
    user = passkey.user
    check_standing(user)
    return admit(work, user)


def prove_passkey(work: Work, token: str, answer: str, *, site: Site) -> Passkey:
    """The passkey that has answered the challenge ``token``. Raises Unauthenticated."""
    from webauthn.helpers import parse_authentication_credential_json

    step = end_step(work, token, StepPurpose.PASSKEY)
    if step is None or len(answer) > ANSWER_MAX:
        raise _refused()
    try:
        credential = parse_authentication_credential_json(answer)
        passkey, proof = _checked(work, token, credential, relying_party(site))
    except Exception as error:  # whatever a hostile answer makes the parsers stumble over
        raise _refused() from error
    passkey.sign_count, passkey.last_used_at = proof.new_sign_count, work.now
    work.session.flush()
    return passkey


def _checked(
    work: Work, token: str, credential: AuthenticationCredential, party: RelyingParty
) -> tuple[Passkey, VerifiedAuthentication]:
    import webauthn

    named = select(Passkey).where(Passkey.credential_id == credential.id[:CREDENTIAL_ID_MAX])
    passkey = work.session.scalars(named.with_for_update(of=Passkey)).one()
    if credential.response.user_handle not in (None, passkey.user_id.bytes):
        raise LookupError("the passkey of somebody else")
    proof = webauthn.verify_authentication_response(
        credential=credential,
        expected_challenge=webauthn.base64url_to_bytes(token),
        expected_rp_id=party.id,
        expected_origin=party.origin,
        credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
        credential_current_sign_count=passkey.sign_count,
        require_user_verification=True,
    )
    return passkey, proof


def _refused() -> Unauthenticated:
    """The challenge stays used up."""
    return Unauthenticated("This passkey does not work here.", code="invalid_passkey", keeps_work=True)


def _unusable() -> Invalid:
    return Invalid(
        [FieldError("/answer", "Your device's answer does not hold. Try once more.", "wrong_passkey")]
    )


def _problem_with_name(name: str) -> tuple[str, str] | None:
    if not is_visible(name):
        return "Give the passkey a name.", "required"
    if len(name.strip()) > PASSKEY_NAME_MAX:
        return f"Must have at most {PASSKEY_NAME_MAX} characters.", "too_long"
    if not is_storable(name) or not name.strip().isprintable():
        return "Must be a single line of text.", "invalid_characters"
    return None
