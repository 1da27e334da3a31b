"""Passkeys: what a device answers holds once, here, for its person; everything else is refused."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.authenticator import PRESENT, Authenticator, plain
from tests.conftest import Person
from webapp.domain.accounts import factor_setup, passkeys
from webapp.domain.accounts.factor_models import Passkey
from webapp.domain.accounts.models import Status, User
from webapp.domain.accounts.second_factor import factors_of, is_on
from webapp.domain.accounts.sign_in_steps import StepPurpose, begin_step, end_step
from webapp.domain.settings.commands import update_settings
from webapp.kernel.errors import Conflict, Denied, Invalid, NotFound, Unauthenticated
from webapp.kernel.work import Work
from webapp.ports import Site

SITE = Site("https://rangoli.example.org", None, "rangoli@example.org", None, b"secret")
ORIGIN = SITE.origin
Begin = Callable[..., Work]
pytestmark = pytest.mark.one_database


def challenge() -> str:
    return secrets.token_urlsafe(32)


def add(unit: Work, person: Person, name: str = "Phone", **lies: object) -> tuple[Authenticator, Passkey]:
    """A device with a passkey of ``person``."""
    device, token, user = Authenticator(ORIGIN), challenge(), unit.session.get_one(User, person.id)
    options = passkeys.ask_for_new(unit, user, token, site_name="Rangoli", site=SITE)
    answer = device.create(options, **lies)
    made, _ = passkeys.add_passkey(unit, user, token, answer, name=name, site=SITE)
    return device, made


def sign_in(unit: Work, device: Authenticator, **lies: object) -> User:
    token = challenge()
    answer = device.get(passkeys.ask_for_known(unit, token, site=SITE), **lies)
    return passkeys.sign_in_by_passkey(unit, token, answer, site=SITE)


@pytest.mark.parametrize(
    ("origin", "party"),
    [
        ("https://rangoli.example.org", ("rangoli.example.org", "https://rangoli.example.org")),
        ("http://127.0.0.1:8000", ("localhost", "http://localhost:8000")),
        ("http://[::1]", ("localhost", "http://localhost")),
    ],
)
def test_an_address_that_is_a_number_has_none(origin: str, party: tuple[str, str]) -> None:
    found = passkeys.relying_party(replace(SITE, origin=origin))
    assert (found.id, found.origin) == party


def test_a_passkey_signs_in_and_tells_when(work: Begin, member: Person) -> None:
    unit = work()
    device, made = add(unit, member)
    assert is_on(unit.session, made.user)
    assert factors_of(unit.session, member.id).codes_left == 10
    for _ in range(2):
        assert sign_in(unit, device).id == member.id
    assert (made.sign_count, made.last_used_at) == (2, unit.now)
    assert made.user.last_login == unit.now


def test_what_the_device_is_asked_for(work: Begin, member: Person) -> None:
    unit = work()
    _, made = add(unit, member)
    asked = json.loads(passkeys.ask_for_new(unit, made.user, challenge(), site_name="Rangoli", site=SITE))
    assert asked["rp"] == {"id": "rangoli.example.org", "name": "Rangoli"}
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert [known["id"] for known in asked["excludeCredentials"]] == [made.credential_id]


LIES = {
    "a page of another site": {"client": {"origin": "https://evil.example"}},
    "another challenge": {"client": {"challenge": plain(b"another")}},
    "an answer to something else": {"client": {"type": "webauthn.other"}},
    "a passkey for another site": {"rp_id": "evil.example"},
    "nobody was there": {"flags": 0},
    "nobody was checked": {"flags": PRESENT},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_new_passkey_that_lies_is_not_kept(work: Begin, member: Person, lie: str) -> None:
    unit = work()
    with pytest.raises(Invalid):
        add(unit, member, **LIES[lie])
    assert factors_of(unit.session, member.id).passkeys == 0


FORGERIES = {
    **LIES,
    "a forged signature": {"signature": b"forged"},
    "a signature of another key": {"signature": None},
    "the passkey of somebody else": {"user_handle": bytes(16)},
    "a copied device that counts behind": {"count": 1},
}


@pytest.mark.parametrize("lie", FORGERIES)
def test_a_forged_answer_lets_nobody_in(work: Begin, member: Person, lie: str) -> None:
    unit = work()
    device, _ = add(unit, member)
    sign_in(unit, device)
    lies = dict(FORGERIES[lie])
    if lies.get("signature", b"") is None:
        del lies["signature"]
        device.key = Authenticator(ORIGIN).key
    with pytest.raises(Unauthenticated) as refused:
        sign_in(unit, device, **lies)
    assert refused.value.keeps_work


NONSENSE = ("", "{", "[]", "null", '{"id": 3}', '{"id": "\\ud800"}', "[" * 5000, "x" * 30_000)


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_refused_and_uses_the_challenge_up(work: Begin, member: Person, answer: str) -> None:
    unit, token = work(), challenge()
    device, _ = add(unit, member)
    options = passkeys.ask_for_known(unit, token, site=SITE)
    for attempt in (answer, device.get(options)):
        with pytest.raises(Unauthenticated):
            passkeys.sign_in_by_passkey(unit, token, attempt, site=SITE)


def test_an_answer_works_once_in_its_own_browser_and_not_for_long(work: Begin, member: Person) -> None:
    unit = work()
    device, _ = add(unit, member)
    token, others, late = challenge(), challenge(), challenge()
    answer = device.get(passkeys.ask_for_known(unit, token, site=SITE))
    passkeys.ask_for_known(unit, others, site=SITE)
    with pytest.raises(Unauthenticated):
        passkeys.sign_in_by_passkey(unit, others, answer, site=SITE)
    assert passkeys.sign_in_by_passkey(unit, token, answer, site=SITE).id == member.id
    device.count += 1
    with pytest.raises(Unauthenticated):
        passkeys.sign_in_by_passkey(unit, token, answer, site=SITE)
    answer = device.get(passkeys.ask_for_known(unit, late, site=SITE))
    unit.now += timedelta(minutes=5)
    with pytest.raises(Unauthenticated):
        passkeys.sign_in_by_passkey(unit, late, answer, site=SITE)


def test_what_was_begun_for_one_thing_ends_nothing_else(work: Begin, member: Person) -> None:
    unit = work()
    user = unit.session.get_one(User, member.id)
    for begun in StepPurpose:
        token = challenge()
        begin_step(unit, token, begun, user)
        others = [purpose for purpose in StepPurpose if purpose is not begun]
        assert [end_step(unit, token, purpose) for purpose in others] == [None, None]
        assert end_step(unit, token, begun) is not None


def test_one_persons_challenge_adds_no_passkey_to_another(
    member: Person, editor: Person, work: Begin
) -> None:
    unit, token = work(), challenge()
    asked, other = (unit.session.get_one(User, person.id) for person in (member, editor))
    options = passkeys.ask_for_new(unit, asked, token, site_name="Rangoli", site=SITE)
    with pytest.raises(Invalid):
        passkeys.add_passkey(
            unit, other, token, Authenticator(ORIGIN).create(options), name="Phone", site=SITE
        )


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.PENDING, Status.REJECTED])
def test_people_who_may_not_sign_in_do_not(work: Begin, member: Person, status: Status) -> None:
    unit = work()
    device, made = add(unit, member)
    made.user.status = status
    with pytest.raises(Denied):
        sign_in(unit, device)


def test_a_device_has_one_passkey_and_each_a_name(work: Begin, member: Person) -> None:
    unit = work()
    device, made = add(unit, member)
    token = challenge()
    options = passkeys.ask_for_new(unit, made.user, token, site_name="Rangoli", site=SITE)
    for name in ("", " ", "x" * 61, "two\nlines"):
        with pytest.raises(Invalid):
            passkeys.add_passkey(unit, made.user, token, device.create(options), name=name, site=SITE)
    with pytest.raises(Conflict):
        passkeys.add_passkey(unit, made.user, token, device.create(options), name="Again", site=SITE)


def test_one_removes_ones_own_and_not_the_last_that_must_stay(
    member: Person, editor: Person, work: Begin
) -> None:
    unit = work()
    device, made = add(unit, member)
    own = replace(unit, actor=member.actor)
    with pytest.raises(NotFound):
        passkeys.remove_passkey(replace(unit, actor=editor.actor), made.id)
    update_settings(unit, {"require_second_factor": "everyone"})
    with pytest.raises(Conflict):
        passkeys.remove_passkey(own, made.id)
    _, second = add(unit, member, "Key")
    assert [each.name for each in passkeys.list_passkeys(own)] == ["Phone", "Key"]
    passkeys.remove_passkey(own, made.id)
    with pytest.raises(Unauthenticated):
        sign_in(unit, device)
    update_settings(unit, {"require_second_factor": "off"})
    passkeys.remove_passkey(own, second.id)
    assert factors_of(unit.session, member.id).codes_left == 0


def test_taking_the_second_factor_off_takes_passkeys_too(member: Person, work: Begin) -> None:
    unit = work()
    device, _ = add(unit, member)
    factor_setup.take_off_second_factors(unit, member.id)
    with pytest.raises(Unauthenticated):
        sign_in(unit, device)
