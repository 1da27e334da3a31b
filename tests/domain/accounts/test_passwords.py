"""Password hashes."""

from __future__ import annotations

from webapp.domain.accounts import passwords


def test_the_hash_of_nobody_takes_as_long_as_that_of_a_person() -> None:
    """Case 1: it is written down, so that it must follow when the cost of hashes is changed."""
    right, fresh = passwords.verify_password("a password that nobody has", passwords.OF_NOBODY)
    assert (right, fresh) == (True, None), "neither wrong nor out of date"
    assert passwords.verify_password("a password that nobody has", None) == (False, None)
