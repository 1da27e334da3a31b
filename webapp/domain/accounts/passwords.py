"""Passwords: argon2id at OWASP's minimum cost, and bcrypt hashes of older systems."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import Type
from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher
from pwdlib.hashers.bcrypt import BcryptHasher

from webapp.domain.accounts.models import PASSWORD_MAX, PASSWORD_MIN
from webapp.kernel.concurrency import ConcurrencyLimit, waiting
from webapp.kernel.text import fold

BCRYPT_BYTES = 72
"""bcrypt reads no further; older systems cut here, newer libraries refuse."""

_argon2 = Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
_hash = PasswordHash((_argon2,))
_hashing = ConcurrencyLimit(2)
OF_NOBODY = (
    "$argon2id$v=19$m=19456,t=2,p=1$w9z77rH0Hltj2hVNI/m6Gg$63UdlvVN8O6RhB1g2pDPlSnHwaG1at4KuPXccmQ/Y7Q"
)
"""The hash of a password that nobody has."""

COMMONEST = frozenset(
    """
    password 12345678 123456789 1234567890 qwertyuiop password1 1q2w3e4r 11111111 00000000 88888888
    87654321 987654321 0987654321 1234567891 12341234 12344321 11223344 112233445566 123123123
    123321123 147258369 123456789a a123456789 1234qwer qwer1234 qwerty123 qwerty12 qwertyui asdfghjkl
    asdfasdf zxcvbnm123 1qaz2wsx 1q2w3e4r5t q1w2e3r4 abcd1234 abc12345 abcdefgh iloveyou iloveyou1
    princess sunshine football baseball superman trustno1 starwars welcome1 welcome123 letmein1
    passw0rd p@ssw0rd p@ssword password! administrator admin123 admin1234 changeme changethis
    computer internet whatever michelle jennifer corvette mercedes liverpool chocolate butterfly
    """.split()  # noqa: SIM905  a list of quoted words would be a column of eighty lines
)
"""Refused outright. ``password123`` is not among them: GALLERY's own clients register with it."""


def hash_password(password: str) -> str:
    """An argon2id hash (RFC 9106) of ``password``."""
    with _few_at_once():
        return _hash.hash(password)


def verify_password(password: str, password_hash: str | None) -> tuple[bool, str | None]:
    """Whether ``password`` is right, and a fresh hash to store where the old one is out of date.

    Takes as long for a missing hash as for a wrong password, so that time tells nothing.
    """
    if password_hash is None:
        with _few_at_once():
            _hash.verify(password, OF_NOBODY)
        return False, None
    if BcryptHasher.identify(password_hash):
        with _few_at_once():
            right = BcryptHasher().verify(password.encode()[:BCRYPT_BYTES], password_hash)
        return right, hash_password(password) if right else None
    try:
        with _few_at_once():
            return _hash.verify_and_update(password, password_hash)
    except UnknownHashError:
        return False, None


@contextmanager
def _few_at_once() -> Iterator[None]:
    """Around a hash, which needs memory and nothing of Python's: other requests go on meanwhile."""
    with waiting(), _hashing.working():
        yield


def problem_with_password(password: str) -> tuple[str, str] | None:
    """What is wrong with a new password as ``(detail, code)``; None when it will do."""
    if len(password) < PASSWORD_MIN:
        return f"Must have at least {PASSWORD_MIN} characters.", "too_short"
    if len(password) > PASSWORD_MAX:
        return f"Must have at most {PASSWORD_MAX} characters.", "too_long"
    if fold(password) in COMMONEST:
        return "This password is one of the commonest. Choose another.", "common_password"
    return None
