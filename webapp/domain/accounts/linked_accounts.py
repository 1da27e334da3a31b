"""Signing in with an account elsewhere, and which of them a person has linked."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from webapp.domain.accounts.commands import add_user, first_status
from webapp.domain.accounts.factor_models import Passkey
from webapp.domain.accounts.fields import profile_errors
from webapp.domain.accounts.models import EMAIL_MAX, NAME_MAX, USERNAME_MAX, USERNAME_MIN, Status, User
from webapp.domain.accounts.notices import announce
from webapp.domain.accounts.oauth import take_code
from webapp.domain.accounts.oauth_models import LinkedAccount
from webapp.domain.accounts.queries import find_by_email, get_self
from webapp.domain.accounts.second_factor import pass_second_factor
from webapp.domain.accounts.sign_in import admit, check_standing
from webapp.domain.audit.events import record
from webapp.domain.settings.queries import get_setting
from webapp.kernel.db import is_storable, lock
from webapp.kernel.errors import Conflict, Denied, NotFound
from webapp.kernel.paging import Page, PageRequest, SortKey, fetch_page
from webapp.kernel.slugs import free_slug
from webapp.kernel.text import fold
from webapp.kernel.work import Work
from webapp.ports import Identity

BY_CREATED = SortKey(LinkedAccount.created_at, lambda account: account.created_at)
BY_ID = SortKey(LinkedAccount.id, lambda account: account.id)


def sign_in_by_code(
    work: Work,
    code: str,
    code_verifier: str,
    totp: str | None = None,
    *,
    can_verify: bool,
    language: str | None,
    secret: bytes,
) -> User:
    """The person behind an account elsewhere, who may be given a session.

    Raises what :func:`check_account` and :func:`~webapp.domain.accounts.second_factor.pass_second_factor`
    raise; without a second factor that is needed, the code stays good.
    """
    user = check_account(work, code, code_verifier, can_verify=can_verify, language=language)
    pass_second_factor(work, user, totp, secret=secret)
    return admit(work, user)


def check_account(
    work: Work, code: str, code_verifier: str, *, can_verify: bool, language: str | None = None
) -> User:
    """The approved person behind an account elsewhere, who may need a second factor as well; somebody new is
    registered.

    Raises Malformed for a code that does not work, Conflict when the address is of an account that the
    identity does not prove to be theirs, Denied when registration is closed, and NotAdmitted for whoever
    may not sign in (yet): the registration stands then.
    """
    provider, identity = take_code(work, code, code_verifier)
    lock(work.session, f"identity {provider} {identity.subject}")
    linked = _find(work, provider, identity.subject)
    if linked is None:
        user = _owner_of_address(work, identity) or _register(
            work, provider, identity, can_verify=can_verify, language=language
        )
        linked = _link(work, user, provider, identity)
    check_standing(linked.user)
    linked.last_used_at = work.now
    work.session.flush()
    record(work, "linked_account.use", linked.id, actor_id=linked.user_id)
    return linked.user


def link_by_code(work: Work, code: str, code_verifier: str) -> LinkedAccount:
    """Let the person who asks sign in with the account elsewhere that the code stands for.

    Raises Malformed for a code that does not work, Conflict when the account is somebody's already, or the
    person has linked another one of that provider.
    """
    user = get_self(work)
    provider, identity = take_code(work, code, code_verifier)
    lock(work.session, f"identity {provider} {identity.subject}")
    linked = _find(work, provider, identity.subject)
    if linked is None:
        return _link(work, user, provider, identity)
    if linked.user_id != user.id:
        raise Conflict("Somebody else signs in with that account.", code="linked_to_another", keeps_work=True)
    return linked


def list_linked_accounts(work: Work, request: PageRequest) -> Page[LinkedAccount]:
    """One's own linked accounts, the newest first."""
    statement = select(LinkedAccount).where(LinkedAccount.user_id == get_self(work).id)
    return fetch_page(work.session, statement, request, (BY_CREATED, BY_ID), descending=True)


def unlink(work: Work, account_id: UUID) -> None:
    """Do not let oneself in by that account any more. Raises NotFound, and Conflict for the last way in."""
    user = get_self(work)
    work.session.refresh(user, with_for_update=True)
    linked = work.session.get(LinkedAccount, account_id)
    if linked is None or linked.user_id != user.id:
        raise NotFound("Linked account not found")
    if count_ways_in(work, user) <= 1:
        words = "This is your only way to sign in. Set a password first, or link another account."
        raise Conflict(words, code="last_way_in")
    _unlink(work, linked)


def unlink_unproven(work: Work, user: User) -> None:
    """Whoever proves only now that the address is theirs did not have to be the one who linked accounts."""
    if user.email_verified_at is None:
        mine = select(LinkedAccount).where(LinkedAccount.user_id == user.id)
        for linked in work.session.scalars(mine).all():
            _unlink(work, linked)


def count_ways_in(work: Work, user: User) -> int:
    """In how many ways a person can sign in: with a password, each linked account, each passkey."""
    linked = select(func.count()).where(LinkedAccount.user_id == user.id)
    passkeys = select(func.count()).where(Passkey.user_id == user.id)
    counts = (work.session.scalar(statement) or 0 for statement in (linked, passkeys))
    return sum(counts) + (user.password_hash is not None)


def _unlink(work: Work, linked: LinkedAccount) -> None:
    record(work, "linked_account.unlink", linked.id, {"provider": (linked.provider, None)})
    work.session.delete(linked)
    work.session.flush()


def _find(work: Work, provider: str, subject: str) -> LinkedAccount | None:
    return work.session.scalar(
        select(LinkedAccount).where(LinkedAccount.provider == provider, LinkedAccount.subject == subject)
    )


def _link(work: Work, user: User, provider: str, identity: Identity) -> LinkedAccount:
    taken = select(LinkedAccount.id).where(
        LinkedAccount.user_id == user.id, LinkedAccount.provider == provider
    )
    if work.session.scalar(taken) is not None:
        words = "Another account of that provider is linked already; unlink it first."
        raise Conflict(words, code="already_linked", keeps_work=True)
    linked = LinkedAccount(
        user=user,
        provider=provider,
        subject=identity.subject,
        email=_sound_email(identity),
        created_at=work.now,
    )
    work.session.add(linked)
    if identity.is_email_verified and linked.email and fold(linked.email) == user.email_key:
        user.email_verified_at = user.email_verified_at or work.now
    work.session.flush()
    record(work, "linked_account.link", linked.id, {"provider": (None, provider)}, actor_id=user.id)
    return linked


def _owner_of_address(work: Work, identity: Identity) -> User | None:
    """Whose account the identity's address is, where both sides have proved that it is theirs.

    Otherwise whoever writes an address first, here or there, would come to share an account with the
    person it belongs to.
    """
    email = _sound_email(identity)
    user = find_by_email(work.session, email) if email else None
    if user is None or (identity.is_email_verified and user.email_verified_at is not None):
        return user
    words = "There is an account with this e-mail address. Sign in to it, then link the other one there."
    raise Conflict(words, code="account_exists", keeps_work=True)


def _register(
    work: Work, provider: str, identity: Identity, *, can_verify: bool, language: str | None
) -> User:
    """A new person, who passes the same gate as one with a password."""
    if get_setting(work.session, "registration_policy") == "closed":
        raise Denied("Registration is closed.", code="registration_closed", keeps_work=True)
    profile = _profile(work, provider, identity)
    email, is_proven = profile.get("email"), identity.is_email_verified
    must_verify = can_verify and get_setting(work.session, "require_verification")
    if email and must_verify and not is_proven:
        status = Status.UNVERIFIED
    else:  # without any address there is nothing to verify, and somebody has to look
        status = Status.PENDING if must_verify and not email else first_status(work)
    user = add_user(work, None, {**profile, "language": language}, status=status)
    user.email_verified_at = work.now if email and is_proven else None
    work.session.flush()
    announce(work, user)
    changes = {"status": (None, str(status)), "provider": (None, provider)}
    record(work, "user.register", user.id, changes, actor_id=user.id)
    return user


def _profile(work: Work, provider: str, identity: Identity) -> dict[str, str | None]:
    """What the provider says of somebody, as far as it can be a profile here; a name is made where there
    is no address."""
    names = {name: getattr(identity, name) for name in ("full_name", "first_name", "last_name")}
    found = {name: _one_line(value, NAME_MAX) for name, value in names.items()}
    if email := _sound_email(identity):
        return {**found, "email": email}
    lock(work.session, "usernames")
    wanted = identity.username or identity.full_name or provider
    stem = wanted if len(wanted) >= USERNAME_MIN else f"{provider} {wanted}"
    username = free_slug(
        work.session,
        User.username_key,  # type: ignore[arg-type]
        stem,
        fallback=provider,
        stem_max=USERNAME_MAX - 8,
    )
    return {**found, "username": username}


def _sound_email(identity: Identity) -> str | None:
    email = identity.email
    if not email or len(email) > EMAIL_MAX or not is_storable(email) or profile_errors({"email": email}):
        return None
    return email.strip()


def _one_line(value: str | None, maximum: int) -> str | None:
    line = "".join(sign for sign in value or "" if sign.isprintable())[:maximum].strip()
    return line if line and is_storable(line) else None
