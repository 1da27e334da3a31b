"""Structured logs: one line for each request, with an id that answers carry too."""

from __future__ import annotations

import logging
import re
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request

from webapp.this_request import this_request

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = structlog.get_logger("rangoli.request")


_lines: logging.StreamHandler[Any] | None = None
"""Where JSON lines go; None where the log is for people."""


def configure_logging(*, as_json: bool) -> None:
    """Send structlog and the standard library's loggers to standard error, as JSON lines or for people.

    Tracebacks are plain: prettier ones tell the values of variables, passwords among them.
    """
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if as_json
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    global _lines
    _lines = handler if as_json else None
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.INFO)
    for talkative in ("alembic", "celery", "kombu"):
        logging.getLogger(talkative).setLevel(logging.WARNING)


def loggable_path() -> str:
    """The path as it may be kept: where it holds a token or an address, the route's own pattern."""
    here = this_request()
    rule = here.url_rule
    return rule.rule if rule is not None and rule.arguments & {"token", "email"} else here.path


def log_request(facts: dict[str, Any]) -> None:
    """Log an answered request; JSON lines without the logging library, which takes ten times as long."""
    if _lines is None:
        log.info("request", **facts)
        return
    now = f"{datetime.now(UTC).isoformat()[:-6]}Z"
    line = {**facts, "level": "info", "timestamp": now, "event": "request"}
    _lines.stream.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE).decode())


def log_kept_answer(method: str, path: str, status: int, started: float) -> None:
    """Log an answer that was kept ready; it has no request id, and not that of the thread's last request."""
    structlog.contextvars.clear_contextvars()
    log_request({"method": method, "path": path, "status": status, "ms": milliseconds(started)})


def milliseconds(started: float) -> float:
    """The time since ``started``, a ``time.perf_counter()``, to a tenth."""
    return round((time.perf_counter() - started) * 1000, 1)


def log_requests(app: Flask) -> None:
    """Give each request an id (the caller's ``X-Request-Id`` where it is sound) and log its end."""

    @app.before_request
    def begin() -> None:
        given = request.headers.get("X-Request-Id", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        g.request_id, g.request_start = request_id, time.perf_counter()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)

    @app.after_request
    def end(response: Response) -> Response:
        request_id, work = g.get("request_id"), g.get("work")
        if request_id is None:
            return response
        response.headers["X-Request-Id"] = request_id
        facts: dict[str, Any] = {
            "method": request.method,
            "path": loggable_path(),
            "status": response.status_code,
            "ms": milliseconds(g.request_start),
            "request_id": request_id,
        }
        if work is not None and work.actor.id is not None:
            facts["actor"] = str(work.actor.id)
            if work.actor.seen_by is not None:
                facts["seen_by"] = str(work.actor.seen_by)
        log_request(facts)
        return response
