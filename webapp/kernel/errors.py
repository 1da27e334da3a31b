"""The few kinds of error the domain raises.

Each carries a stable ``code`` (documented in ``docs/problems.md``) and a ``detail`` in plain
words. The faces map a kind to a status or a page in one place; nothing below them knows HTTP.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field. ``pointer`` is a JSON Pointer (RFC 6901) such as ``/colors/primary``."""

    pointer: str
    detail: str
    code: str


class DomainError(Exception):
    """Base of all kinds; never raised itself."""

    code = "error"
    detail = "Something went wrong."
    errors: Sequence[FieldError] = ()
    keeps_work = False
    """Whether the unit of work is committed all the same."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        code: str | None = None,
        errors: Iterable[FieldError] = (),
        keeps_work: bool = False,
    ) -> None:
        self.detail = detail or self.detail
        self.code = code or self.code
        self.errors = tuple(errors)
        self.keeps_work = keeps_work
        super().__init__(self.detail)


class Malformed(DomainError):
    """The request cannot be understood, or an older client's API answers this conflict with 400."""

    code = "malformed"
    detail = "The request could not be understood."


class Unauthenticated(DomainError):
    """Nobody, or nobody we can be sure of, is asking."""

    code = "unauthenticated"
    detail = "Sign in to do this."


class Denied(DomainError):
    """We know who is asking, and they may not."""

    code = "forbidden"
    detail = "You do not have permission to do this."


class NotFound(DomainError):
    """There is no such thing, or not for the one who asks."""

    code = "not_found"
    detail = "There is nothing here."


class Conflict(DomainError):
    """The request is sound but the present state forbids it."""

    code = "conflict"
    detail = "This is in conflict with the present state."


class Stale(Conflict):
    """Somebody else changed the resource since it was read."""

    code = "stale"
    detail = "Somebody else has changed this since you read it."


class Invalid(DomainError):
    """One or more fields are wrong; ``errors`` names every one of them."""

    code = "invalid_fields"
    detail = "Some fields are not valid."

    def __init__(
        self,
        errors: Iterable[FieldError],
        detail: str | None = None,
        *,
        code: str | None = None,
    ) -> None:
        super().__init__(detail, code=code, errors=errors)


class Unsupported(DomainError):
    """A file is of a kind that is not taken, whatever its name says."""

    code = "unsupported"
    detail = "Files of this kind are not taken."


def refuse(errors: Iterable[FieldError]) -> None:
    """Raise Invalid if there are any errors."""
    found = tuple(errors)
    if found:
        raise Invalid(found)


class TooMany(DomainError):
    """A limit is reached; ``retry_after`` is in seconds."""

    code = "too_many_requests"
    detail = "Too many requests. Try again later."

    def __init__(self, retry_after: int, detail: str | None = None, *, code: str | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(detail, code=code)


class Unavailable(DomainError):
    """A needed part (database, storage, renderer) is down; trying again may help."""

    code = "unavailable"
    detail = "A part that is needed for this is not available right now."
