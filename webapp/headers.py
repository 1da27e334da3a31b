"""Security headers on every answer."""

from __future__ import annotations

from flask import Flask, Response, g

from webapp.this_request import this_request
from webapp.web import SAFE_METHODS

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)

MAIL_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)
"""For a mail shown as a document of its own: styles are inline, and it can do nothing but open a link."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def security_headers(*, https: bool) -> dict[str, str]:
    """The headers of an answer that sets none of its own."""
    return {**HEADERS, "Strict-Transport-Security": "max-age=31536000"} if https else HEADERS


def set_security_headers(app: Flask, *, https: bool) -> None:
    """Add the headers to each answer that has not set its own; what is private or written is never stored."""
    headers = [(name.lower(), name, value) for name, value in security_headers(https=https).items()]

    @app.after_request
    def secure(response: Response) -> Response:
        own = {name.lower() for name, _ in response.headers}
        response.headers.extend([(name, value) for key, name, value in headers if key not in own])
        work, here = g.get("work"), this_request()
        is_private = (work is not None and work.actor.id is not None) or here.path.startswith("/console")
        is_write = here.method not in SAFE_METHODS
        if is_private or is_write or "set-cookie" in own:
            response.headers["Cache-Control"] = "no-store"
        return response
