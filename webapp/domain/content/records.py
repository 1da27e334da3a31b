"""What the audit log is told of content: which entry, and the names of the fields that changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp.domain.audit.events import Changes, record
from webapp.domain.content.models import Entry
from webapp.kernel.clock import rfc3339
from webapp.kernel.work import Work


def record_entry(work: Work, verb: str, entry: Entry, changes: Changes | None = None) -> None:
    """Record that ``verb`` was done to an entry, under the id that clients use for it."""
    record(work, f"{entry.type}.{verb}", entry.id if entry.key is None else entry.key, changes)


def new_values(**values: Any) -> Changes:
    """Values that were not there before; moments as text."""
    return {
        k: (None, rfc3339(v) if isinstance(v, datetime) else v) for k, v in values.items() if v is not None
    }
