"""Background work on pictures of templates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from webapp.domain.cards import template_pictures as pictures
from webapp.domain.cards.cards import NO_BROWSER
from webapp.domain.jobs.commands import enqueue
from webapp.domain.jobs.registry import JobRun, handles
from webapp.kernel.errors import Invalid, Unavailable

PIECE = 20


@handles(pictures.DRAW_TEMPLATE, time_limit=120, attempts=3)
def draw_template(run: JobRun) -> None:
    """Draw the picture of a template for lists"""
    run.result = _draw(run, UUID(run.payload["template_id"]))


@handles(pictures.DRAW_TEMPLATES, time_limit=600, attempts=3)
def draw_templates(run: JobRun) -> None:
    """Draw the pictures of templates in another theme

    A piece of them, and then the next one in a job of its own. Ends where there is no browser, or the look
    is another by now, for which there is another job.
    """
    look, skip = pictures.present_look(run.work)[0], run.payload.get("skip", 0)
    piece = pictures.undrawn_templates(run.work, skip, PIECE)
    drawn = 0
    for number, template_id in enumerate(piece):
        if pictures.present_look(run.work)[0] != look:
            run.result = {"drawn": drawn, "reason": "The theme is another by now."}
            return
        told = _draw(run, template_id)
        if told.get("code") == NO_BROWSER:
            run.result = {**told, "drawn": drawn}
            return
        drawn += told["drawn"]
        run.step(number + 1, len(piece))
    if len(piece) == PIECE:  # those that could not be drawn are still in front of the others
        enqueue(run.work, pictures.DRAW_TEMPLATES, {"skip": skip + PIECE - drawn})
    run.result = {"drawn": drawn}


@handles("cards.look_for_undrawn", every=timedelta(days=1))
def look_for_undrawn(run: JobRun) -> None:
    """Have templates drawn that have no picture yet"""
    if pictures.undrawn_templates(run.work, 0, 1):
        enqueue(run.work, pictures.DRAW_TEMPLATES)


def _draw(run: JobRun, template_id: UUID) -> dict[str, Any]:
    """Draw one where that is wanted; whether it was, and why not."""
    planned = pictures.plan_picture(run.work, template_id)
    if planned is None:
        return {"drawn": False}
    run.step()
    try:
        pictures.store_picture(run.ports, planned)
    except Invalid as reason:
        return {"drawn": False, "reason": reason.detail, "code": reason.code}
    except Unavailable as reason:
        if reason.code != NO_BROWSER:
            raise
        return {"drawn": False, "reason": reason.detail, "code": reason.code}
    return {"drawn": pictures.keep_picture(run.work, planned)}
