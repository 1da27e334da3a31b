"""Codes of an authenticator app and recovery codes: taken once, paced, demanded where they must be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.conftest import MakeUser, Person
from webapp.domain.accounts import commands, factor_setup
from webapp.domain.accounts.factor_models import AuthenticatorApp, RecoveryCode
from webapp.domain.accounts.models import SignInFailures, User, UserSession
from webapp.domain.accounts.pace import FREE_FAILURES
from webapp.domain.accounts.second_factor import check_code, factors_of, is_on, pass_second_factor, time_step
from webapp.domain.audit.models import AuditEvent
from webapp.domain.mail.models import Mail
from webapp.domain.settings.commands import update_settings
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Conflict, Denied, DomainError, Invalid, TooMany, Unauthenticated
from webapp.kernel.work import Role, Work

SECRET = b"the secret of an installation"
Begin = Callable[..., Work]


def refusal(act: Callable[[], object]) -> str | None:
    try:
        act()
    except DomainError as error:
        return error.code
    return None


def set_up(unit: Work, person: Person) -> tuple[User, pyotp.TOTP, list[str]]:
    """An app that counts, its codes, and the recovery codes that came with it."""
    user = unit.session.get_one(User, person.id)
    factor_setup.prepare_app(unit, user)
    totp = pyotp.TOTP(factor_setup.new_app_secret(unit, user, secret=SECRET))
    codes = factor_setup.confirm_app(unit, user, totp.at(unit.now), secret=SECRET)
    unit.now += timedelta(minutes=2)
    return user, totp, list(codes)


def test_the_codes_are_those_of_the_rfc() -> None:
    """RFC 6238, appendix B, for SHA-1: the last six digits at 59 seconds."""
    assert pyotp.TOTP("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").at(59) == "287082"


def test_an_app_counts_once_it_has_shown_a_code(work: Begin, member: Person) -> None:
    unit = work()
    user = unit.session.get_one(User, member.id)
    factor_setup.prepare_app(unit, user)
    totp = pyotp.TOTP(factor_setup.new_app_secret(unit, user, secret=SECRET))
    assert pyotp.parse_uri(factor_setup.app_address(unit, user, secret=SECRET)).secret == totp.secret
    wrong = f"{(int(totp.at(unit.now)) + 1) % 10**6:06}"
    with pytest.raises(Invalid):
        factor_setup.confirm_app(unit, user, wrong, secret=SECRET)
    assert not is_on(unit.session, user)
    assert pass_second_factor(unit, user, None, secret=SECRET) is None  # type: ignore[func-returns-value]
    codes = factor_setup.confirm_app(unit, user, totp.at(unit.now), secret=SECRET)
    assert len(set(codes)) == 10
    assert is_on(unit.session, user)
    assert unit.session.scalars(select(RecoveryCode.code_hash)).first() not in codes


def test_without_a_code_or_with_a_wrong_one_nobody_gets_past(work: Begin, member: Person) -> None:
    unit = work()
    user, totp, _ = set_up(unit, member)
    with pytest.raises(Denied) as without:
        pass_second_factor(unit, user, None, secret=SECRET)
    assert without.value.code == "second_factor_required"
    for code in ("000000", "", "x", "１２３４５６", "A" * 90, totp.at(unit.now - timedelta(minutes=2))):
        expected = "second_factor_required" if not code else "invalid_second_factor"
        unit.session.query(SignInFailures).delete()
        assert refusal(lambda code=code: pass_second_factor(unit, user, code, secret=SECRET)) == expected  # type: ignore[misc]
    assert refusal(lambda: check_code(unit, user, totp.at(unit.now), secret=b"another")) is not None


def test_a_code_is_taken_once_and_none_before_it(work: Begin, member: Person) -> None:
    unit = work()
    user, totp, _ = set_up(unit, member)
    check_code(unit, user, totp.at(unit.now), secret=SECRET)
    for again in (unit.now, unit.now - timedelta(seconds=30)):
        with pytest.raises(Unauthenticated):
            check_code(unit, user, totp.at(again), secret=SECRET)
    check_code(unit, user, totp.at(unit.now + timedelta(seconds=30)), secret=SECRET)


@pytest.mark.parametrize(("off", "taken"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_may_be_off_by_one_step(off: int, taken: bool) -> None:
    from webapp.domain.accounts.second_factor import app_secret

    now = utc_now().replace(second=15, microsecond=0)
    code = pyotp.TOTP(app_secret("seed", SECRET)).at(now + timedelta(seconds=off))
    assert (time_step("seed", code, now, SECRET) is not None) is taken


def test_a_recovery_code_works_once_however_it_is_written(work: Begin, member: Person) -> None:
    unit = work()
    user, _, codes = set_up(unit, member)
    check_code(unit, user, codes[0].lower().replace("-", " "), secret=SECRET)
    with pytest.raises(Unauthenticated):
        check_code(unit, user, codes[0], secret=SECRET)
    assert factors_of(unit.session, user.id).codes_left == 9
    assert unit.session.scalar(select(func.count()).where(Mail.kind == "recovery_code_used")) == 1


def test_new_recovery_codes_end_the_old_ones(work: Begin, member: Person) -> None:
    user, _, old = set_up(unit := work(), member)
    fresh = factor_setup.renew_recovery_codes(replace(unit, actor=member.actor))
    assert not set(fresh) & set(old)
    with pytest.raises(Unauthenticated):
        check_code(unit, user, old[0], secret=SECRET)
    check_code(unit, user, fresh[0], secret=SECRET)


def test_wrong_codes_in_a_row_have_to_wait(work: Begin, member: Person) -> None:
    unit = work()
    user, totp, _ = set_up(unit, member)
    for _ in range(FREE_FAILURES):
        with pytest.raises(Unauthenticated):
            check_code(unit, user, "000000", secret=SECRET)
    with pytest.raises(TooMany):
        check_code(unit, user, totp.at(unit.now), secret=SECRET)
    unit.now += timedelta(minutes=5)
    check_code(unit, user, totp.at(unit.now), secret=SECRET)


def test_of_many_who_send_one_code_at_once_one_gets_in(app: Flask, member: Person) -> None:
    with app.app_context():
        unit = Work(db.session(), member.actor, utc_now())
        _, totp, codes = set_up(unit, member)
        db.session.commit()
        db.session.remove()

    def attempt(code: str) -> bool:
        with app.app_context():
            unit = Work(db.session(), member.actor, utc_now() + timedelta(minutes=3))
            try:
                check_code(unit, unit.session.get_one(User, member.id), code, secret=SECRET)
            except (Unauthenticated, TooMany):
                db.session.rollback()
                return False
            else:
                db.session.commit()
                return True
            finally:
                db.session.remove()

    for code in (totp.at(utc_now() + timedelta(minutes=3)), codes[0]):
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(attempt, [code] * 4)) == 1


# --- taking off -----------------------------------------------------------------------------


def test_taking_the_app_off_takes_the_codes_too_unless_one_is_demanded(work: Begin, member: Person) -> None:
    unit = work()
    user, _, _ = set_up(unit, member)
    own = replace(unit, actor=member.actor)
    update_settings(unit, {"require_second_factor": "everyone"})
    with pytest.raises(Conflict) as refused:
        factor_setup.remove_app(own)
    assert refused.value.code == "last_second_factor"
    update_settings(unit, {"require_second_factor": "off"})
    factor_setup.remove_app(own)
    assert factors_of(unit.session, user.id).codes_left == 0
    assert not is_on(unit.session, user)


def test_an_admin_takes_it_off_and_nobody_else(
    work: Begin, admin: Person, editor: Person, member: Person
) -> None:
    unit = work()
    user, _, _ = set_up(unit, member)
    take_off = factor_setup.take_off_second_factors
    assert refusal(lambda: take_off(replace(unit, actor=editor.actor), member.id)) == "forbidden"
    assert refusal(lambda: take_off(replace(unit, actor=admin.actor), admin.id)) == "own_account"
    take_off(replace(unit, actor=admin.actor), member.id)
    assert not is_on(unit.session, user)
    assert unit.session.get(AuthenticatorApp, member.id, populate_existing=True) is None
    live = select(UserSession).where(UserSession.user_id == member.id, UserSession.revoked_at.is_(None))
    assert unit.session.scalars(live).all() == []
    event = select(AuditEvent).where(AuditEvent.action == "user.remove_second_factors")
    assert unit.session.scalars(event).one().actor_id == admin.id
    assert (
        unit.session.scalars(select(Mail.kind).where(Mail.user_id == member.id)).all()[-1] == "factor_removed"
    )
    assert refusal(lambda: take_off(replace(unit, actor=admin.actor), member.id)) == "no_second_factor"


# --- demanding it ---------------------------------------------------------------------------


@pytest.fixture
def people(make_user: MakeUser) -> dict[str, Person]:
    return {
        name: make_user("admin" if name == "admin" else "member") for name in ("admin", "member", "other")
    }


@pytest.fixture
def demanding(people: dict[str, Person], admin: Person, work: Begin) -> Iterator[Work]:
    """The unit of an admin who has a second factor and may demand it of others."""
    unit = work()
    set_up(unit, admin)
    yield replace(unit, actor=admin.actor)


def live(unit: Work, person: Person) -> bool:
    found = select(UserSession).where(UserSession.user_id == person.id, UserSession.revoked_at.is_(None))
    return unit.session.scalars(found).first() is not None


def test_whoever_demands_it_has_one(work: Begin, admin: Person) -> None:
    with pytest.raises(Invalid):
        update_settings(work(admin.actor), {"require_second_factor": "admins"})


@pytest.mark.parametrize(
    ("demanded", "ended"), [("admins", {"admin"}), ("everyone", {"admin", "member", "other"})]
)
def test_those_who_lack_it_are_signed_out(
    demanding: Work, admin: Person, people: dict[str, Person], demanded: str, ended: set[str]
) -> None:
    update_settings(demanding, {"require_second_factor": demanded})
    assert {name for name, person in people.items() if not live(demanding, person)} == ended
    assert live(demanding, admin)
    user = demanding.session.get_one(User, people["admin"].id)
    assert refusal(lambda: pass_second_factor(demanding, user, "1", secret=SECRET)) == "second_factor_missing"


def test_who_becomes_an_admin_signs_in_anew(demanding: Work, people: dict[str, Person]) -> None:
    update_settings(demanding, {"require_second_factor": "admins"})
    set_up(demanding, people["other"])
    for name in ("member", "other"):
        commands.update_user(demanding, people[name].id, {"role": Role.ADMIN})
    assert (live(demanding, people["member"]), live(demanding, people["other"])) == (False, True)
