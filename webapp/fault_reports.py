"""Faults told to Sentry: what broke and where, nothing about the person for whom it broke.

Whatever is logged as an error with its exception is reported, from requests, hooks and jobs alike. The
library's own integrations stay off: they would patch the server, cost each request, and collect more.
"""

from __future__ import annotations

import logging
import re
import sys
from typing import Any

import sentry_sdk
import structlog
from flask import has_request_context, request
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.types import Event
from sentry_sdk.utils import event_from_exception

from webapp import __version__
from webapp.kernel.errors import DomainError

KEPT = frozenset(
    {
        *("event_id", "timestamp", "platform", "level", "release", "environment", "sdk"),
        *("logger", "logentry", "exception", "transaction", "tags"),
    }
)
"""The members of an event that are sent; the library's others may speak of machines and people."""
TAGS = ("request_id", "job", "kind", "attempt")
REDACTIONS = (
    (re.compile(r"(?i)\bbearer\s+\S+"), "Bearer [hidden]"),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[e-mail]"),
    (re.compile(r"://[^/\s@]+@"), "://[credentials]@"),
    (
        re.compile(r"(?i)\b(\w*(?:password|passwd|secret|token|key|authorization)\w*\W{0,3}[=:]\s*)\S+"),
        r"\1[hidden]",
    ),
    (re.compile(r"[\w-]{32,}(?:\.[\w-]+)*"), "[hidden]"),
    (re.compile(r"\b(DETAIL:).*", re.DOTALL), r"\1 [hidden]"),
    (re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b"), "[address]"),
)
"""What may stand in an exception's words: addresses, credentials, tokens, values of a database's row."""


def report_faults(dsn: str, environment: str) -> None:
    """Report to the project of ``dsn`` from now on. Sending happens beside the requests and may fail."""
    sentry_sdk.init(
        dsn=dsn,
        release=f"rangoli@{__version__}",
        environment=environment,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[AtexitIntegration(callback=lambda pending, timeout: None)],
        include_local_variables=False,
        max_breadcrumbs=0,
        auto_session_tracking=False,
        send_client_reports=False,
        before_send=clean,
    )
    logging.getLogger().addHandler(Reporter(logging.ERROR))


class Reporter(logging.Handler):
    """Hands errors that are logged with their exception to Sentry. What the domain refuses is no fault."""

    def emit(self, record: logging.LogRecord) -> None:
        said = record.msg if isinstance(record.msg, dict) else {"event": str(record.msg)}
        error = exception_of(record.exc_info or said.get("exc_info"))
        if error is None or isinstance(error, DomainError):
            return
        event, hint = event_from_exception(error, client_options=sentry_sdk.get_client().options)
        event["logger"] = record.name
        event["logentry"] = {"message": str(said.get("event"))}
        context = structlog.contextvars.get_contextvars()
        event["tags"] = {name: str(context[name]) for name in TAGS if context.get(name) is not None}
        if has_request_context():
            event["tags"]["method"] = request.method
            event["transaction"] = request.url_rule.rule if request.url_rule else "unmatched"
        elif "kind" in context:
            event["transaction"] = context["kind"]
        sentry_sdk.capture_event(event, hint)


def exception_of(exc_info: Any) -> BaseException | None:
    """The exception behind what the loggers call ``exc_info``."""
    if exc_info is True:
        exc_info = sys.exc_info()
    found = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    return found if isinstance(found, BaseException) else None


def clean(event: Event, _hint: Any) -> Event:
    """Only what is known to be harmless, with exceptions' words redacted."""
    kept: Any = {name: value for name, value in event.items() if name in KEPT}
    for exception in kept.get("exception", {}).get("values", ()):
        exception["value"] = redact(str(exception.get("value") or ""))
    return kept  # type: ignore[no-any-return]


def redact(text: str) -> str:
    """``text`` without what may be personal or secret."""
    for pattern, words in REDACTIONS:
        text = pattern.sub(words, text)
    return text
