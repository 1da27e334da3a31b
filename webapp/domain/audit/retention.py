"""What the audit log forgets."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import update

from webapp.domain.audit.models import AuditEvent
from webapp.kernel.work import Work

ADDRESS_KEPT_FOR = timedelta(days=30)
"""How long an IP address is kept, here and with sessions."""


def expire_addresses(work: Work) -> int:
    """Forget where events came from that are older than addresses are kept; answers of how many."""
    is_old = AuditEvent.at < work.now - ADDRESS_KEPT_FOR
    statement = update(AuditEvent).where(is_old, AuditEvent.address.is_not(None)).values(address=None)
    result = work.session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)  # type: ignore[attr-defined]
