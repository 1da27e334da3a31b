"""The one table that maps kinds of error to HTTP statuses, for every face."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from werkzeug.exceptions import HTTPException

from webapp.kernel import errors as kinds
from webapp.kernel.errors import DomainError, FieldError

STATUS_OF_KIND: dict[type[DomainError], int] = {
    kinds.Malformed: 400,
    kinds.Unauthenticated: 401,
    kinds.Denied: 403,
    kinds.NotFound: 404,
    kinds.Conflict: 409,
    kinds.Stale: 412,
    kinds.Unsupported: 415,
    kinds.Invalid: 422,
    kinds.TooMany: 429,
    kinds.Unavailable: 503,
}

CODE_OF_STATUS = {
    400: "malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "stale",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_fields",
    429: "too_many_requests",
    503: "unavailable",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """An error as a face presents it."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldError, ...] = ()
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return HTTPStatus(self.status).phrase


def fault_of(error: Exception) -> Fault:
    """How ``error`` is presented. An error nobody foresaw tells nothing about itself."""
    if isinstance(error, DomainError):
        return _fault_of_domain_error(error)
    if isinstance(error, HTTPException) and error.code is not None and error.code != 500:
        return _fault_of_http_exception(error)
    return Fault(500, "internal_error", "Something went wrong on our side. It has been logged.")


def _fault_of_domain_error(error: DomainError) -> Fault:
    status = next(STATUS_OF_KIND[kind] for kind in type(error).__mro__ if kind in STATUS_OF_KIND)
    headers = {}
    if isinstance(error, kinds.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, kinds.TooMany):
        headers["Retry-After"] = str(error.retry_after)
    return Fault(status, error.code, error.detail, tuple(error.errors), headers)


def _fault_of_http_exception(error: HTTPException) -> Fault:
    status = error.code or 500
    code = CODE_OF_STATUS.get(status, "http_error")
    detail = "Not Found" if status == 404 else (error.description or HTTPStatus(status).phrase)
    if status == 429:
        detail = "Too many requests. Try again later."
    kept = ("Allow", "Retry-After", "WWW-Authenticate")
    headers = {name: value for name, value in error.get_headers() if name in kept}
    return Fault(status, code, detail, headers=headers)
