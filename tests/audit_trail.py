"""Watches every request of every test: what changes a row leaves an event in the audit log, or a test fails.

So each route that any test calls, of any face, is held to it on the day it is written.
"""

from __future__ import annotations

import re
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Connection, Engine, event

from webapp.kernel.db import is_reading

WRITE = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)', re.IGNORECASE)
LOG = "audit_events"
UNRECORDED = frozenset(
    (
        *(
            LOG,
            "oauth_codes",
            "refresh_tokens",
            "user_sessions",
            "api_tokens",
            "sign_in_failures",
            "sign_in_steps",
        ),
        *("jobs", "workers", "content_autosaves"),
    )
)
"""Tables whose rows are the machinery's own, or change with every use (tests of their own see to these)."""


class AuditTrail:
    """The requests on one engine that changed rows and recorded nothing, or changed them although they are
    of those that only read: PostgreSQL keeps nothing together for these."""

    def __init__(self) -> None:
        self._found: list[str] = []

    def watch(self, engine: Engine) -> None:
        event.listen(engine, "after_cursor_execute", self._note)
        event.listen(engine, "commit", self._judge)
        event.listen(engine, "rollback", self._forget)

    def take(self) -> list[str]:
        """What was found since the last time."""
        found, self._found = self._found, []
        return found

    def _note(self, connection: Connection, cursor: Any, statement: str, *_: Any) -> None:
        match = WRITE.match(statement)
        if match and cursor.rowcount != 0 and has_request_context():
            if is_reading():
                self._found.append(f"{request.method} {request.path}: writes {match[1]} as one that reads")
            connection.info.setdefault("written", set()).add(match[1])

    def _judge(self, connection: Connection) -> None:
        written = connection.info.pop("written", set())
        if written - UNRECORDED and LOG not in written:
            self._found.append(f"{request.method} {request.path}: {', '.join(sorted(written))}")

    def _forget(self, connection: Connection) -> None:
        if not connection.invalidated:
            connection.info.pop("written", None)
