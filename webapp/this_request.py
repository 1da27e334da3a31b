"""The request that is being answered, past Flask's proxy, which takes time with each look."""

from __future__ import annotations

from flask import Request, request


def this_request() -> Request:
    """The request itself. Raises RuntimeError outside of one."""
    return request._get_current_object()  # type: ignore[no-any-return, attr-defined]
