"""Actions on very many entries, in pieces that let others write in between."""

from __future__ import annotations

from typing import Any

from webapp.domain.content.asked_work import for_whoever_asked
from webapp.domain.content.bulk import BULK_MAX, KIND, act_on_entries
from webapp.domain.content.content_types import TYPES
from webapp.domain.jobs.registry import JobRun, handles

PIECE = BULK_MAX
ERRORS_TOLD = 100


@handles(KIND, time_limit=60 * 60, attempts=3)
def act(run: JobRun) -> None:
    """Do something to many entries

    A later attempt goes on behind the last piece; its result tells of what it has done itself.
    """
    payload, content_type = run.payload, TYPES[run.payload["type"]]
    keys, done, errors = payload["ids"], 0, list[dict[str, Any]]()
    failed = 0
    for start in range(run.done, len(keys), PIECE):
        piece = keys[start : start + PIECE]
        results = act_on_entries(
            for_whoever_asked(run), content_type, payload["action"], piece, payload["tags"]
        )
        wrong = [result for result in results if result.error]
        errors += [{"id": each.key, "detail": each.error.detail} for each in wrong if each.error]
        done, failed = done + len(piece) - len(wrong), failed + len(wrong)
        run.step(start + len(piece), len(keys))
    run.result = {"done": done, "failed": failed, "errors": errors[:ERRORS_TOLD]}
