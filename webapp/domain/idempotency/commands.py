"""One answer for one key of one person (draft-ietf-httpapi-idempotency-key-header-07)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete

from webapp.domain.idempotency.models import KeptAnswer
from webapp.kernel.db import lock, try_lock
from webapp.kernel.errors import Conflict, Invalid
from webapp.kernel.work import Work, require

LIFETIME = timedelta(hours=24)


def begin_once(work: Work, key: str, request_hash: str, *, waits: bool = False) -> KeptAnswer | None:
    """The answer to the same request under the same key, or None for the one who is to make it.

    Until the unit of work ends nobody else gets past this point with the key: PostgreSQL refuses them
    with Conflict, unless each ``waits``; SQLite, where one write follows another, always lets them wait.
    Raises Invalid when the key was used for another request.
    """
    require(work.actor, work.actor.is_approved)
    name = f"idempotency {work.actor.id} {key}"
    if waits:
        lock(work.session, name)
    elif not try_lock(work.session, name):
        raise Conflict("The first request with this key is still being answered.", code="request_in_progress")
    kept = work.session.get(KeptAnswer, (work.actor.id, key))
    if kept is not None and kept.created_at < work.now - LIFETIME:
        work.session.delete(kept)
        work.session.flush()
        return None
    if kept is not None and kept.request_hash != request_hash:
        raise Invalid([], "This key was used for another request.", code="idempotency_key_reused")
    return kept


def keep_answer(
    work: Work, key: str, request_hash: str, *, status: int, headers: Mapping[str, str], body: str
) -> None:
    """Keep the answer beside the change it tells of."""
    assert work.actor.id is not None
    work.session.add(
        KeptAnswer(
            user_id=work.actor.id,
            key=key,
            request_hash=request_hash,
            status=status,
            headers=dict(headers),
            body=body,
            created_at=work.now,
        )
    )
    work.session.flush()


def forget_answers(work: Work) -> int:
    """Forget answers that were kept for long enough; answers how many."""
    result = work.session.execute(delete(KeptAnswer).where(KeptAnswer.created_at < work.now - LIFETIME))
    return int(result.rowcount)  # type: ignore[attr-defined]
