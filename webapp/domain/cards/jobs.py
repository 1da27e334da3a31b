"""Background work on cards."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import BinaryIO, cast
from uuid import UUID

from webapp.domain.accounts.models import User
from webapp.domain.cards import bulk_requests, previews, template_pictures
from webapp.domain.cards.cards import DRAW_PREVIEW, NO_BROWSER, draft_card, fit, keep_card
from webapp.domain.cards.export import draw, plan_export
from webapp.domain.cards.festivals import refresh_dates
from webapp.domain.cards.template_views import forget_visits
from webapp.domain.jobs.registry import GiveUp, JobRun, handles
from webapp.kernel.errors import DomainError, Invalid, NotFound, Unavailable
from webapp.kernel.work import Work

ERRORS_TOLD = 100


@handles("cards.refresh_dates", time_limit=120, every=timedelta(days=1))
def refresh(run: JobRun) -> None:
    """Fill in the days of festivals in the coming years, and correct what calendars know better now."""
    run.result = {"changed": refresh_dates(run.work)}


@handles(DRAW_PREVIEW, time_limit=120, attempts=3)
def draw_preview(run: JobRun) -> None:
    """Draw the picture of a card for lists and links"""
    card_id = UUID(run.payload["card_id"])
    card = previews.find_card(run.work, card_id)
    if card is None or card.preview_key == previews.key_of(card):
        return
    key, before, planned = previews.key_of(card), card.preview_key, previews.plan_preview(run.work, card)
    run.step()
    try:
        previews.store_preview(run.ports, key, planned)
    except (Unavailable, Invalid) as reason:
        if isinstance(reason, Unavailable) and reason.code != NO_BROWSER:
            raise
        run.result = {"drawn": False, "reason": reason.detail}
        return
    if not previews.keep_preview(run.work, card_id, key):
        before = key  # the card was deleted meanwhile
    if before is not None:
        run.ports.storage.delete(before)
    run.result = {"drawn": True}


@handles("cards.tidy", time_limit=600, every=timedelta(hours=1))
def tidy(run: JobRun) -> None:
    """Delete pictures of cards and templates that are gone, and exports that were kept for long enough"""
    storage, too_old = run.ports.storage, run.work.now - bulk_requests.KEPT_FOR
    recent = run.work.now - timedelta(hours=1)
    found = [each.key for each in storage.list(previews.FOLDER) if each.modified_at < recent]
    strays = previews.stray_previews(run.work, found)
    drawn = [each.key for each in storage.list(template_pictures.FOLDER) if each.modified_at < recent]
    strays += template_pictures.stray_pictures(run.work, drawn)
    run.step()
    for key in strays:
        storage.delete(key)
    for old in storage.list(bulk_requests.FOLDER):
        if old.modified_at < too_old:
            storage.delete(old.key)


@handles("cards.forget_visits", every=timedelta(days=1))
def forget(run: JobRun) -> None:
    """Forget who has seen which template on days that are over"""
    forget_visits(run.work)


@handles(bulk_requests.EXPORT, time_limit=30 * 60, attempts=2)
def export_many(run: JobRun) -> None:
    """Export cards into one file"""
    wanted, cards = run.payload["wanted"], run.payload["card_ids"]
    failed: list[dict[str, str]] = []
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            for number, card_id in enumerate(cards, 1):
                try:
                    planned = plan_export(_for_whoever_asked(run), {"card_id": card_id, **wanted})
                    run.step(number - 1, len(cards))
                    name = f"{number:03d}-{planned.filename}"
                    archive.writestr(name, draw(planned, run.ports.renderer, run.ports.storage))
                except (NotFound, Invalid) as reason:
                    failed.append({"card_id": card_id, "detail": reason.detail})
        file.seek(0)
        run.step(len(cards), len(cards))
        run.ports.storage.put(run.payload["key"], cast("BinaryIO", file))
    run.result = {"exported": len(cards) - len(failed), "failed": failed}


@handles(bulk_requests.MAKE, time_limit=30 * 60, attempts=3)
def make_batch(run: JobRun) -> None:
    """Make a card of each row of a table

    A row that is wrong is told and left out. Rows that an earlier attempt has done are not done again.
    """
    rows = run.payload["rows"]
    told = run.result or {"made": [], "failed": 0, "errors": []}
    for number, row in enumerate(rows[run.done :], run.done + 1):
        try:
            draft = draft_card(_for_whoever_asked(run), bulk_requests.row_fields(run.payload, row))
            run.step(number - 1, len(rows))
            fits = fit(draft, run.ports.renderer, run.ports.storage)
            told["made"].append(str(keep_card(_for_whoever_asked(run), draft, fits).id))
        except Unavailable:
            raise  # another attempt goes on with this row
        except DomainError as error:
            told["failed"] += 1
            told["errors"] += list(_errors_of(error, number))[: ERRORS_TOLD - len(told["errors"])]
        run.result = told
        run.step(number, len(rows))
    run.result = told


def _errors_of(error: DomainError, row: int) -> Iterator[dict[str, object]]:
    for found in error.errors:
        yield {"row": row, "pointer": found.pointer, "detail": found.detail, "code": found.code}
    if not error.errors:
        yield {"row": row, "pointer": "", "detail": error.detail, "code": error.code}


def _for_whoever_asked(run: JobRun) -> Work:
    """The work of the run, in the name and with the rights that the person who asked has now."""
    user = run.work.session.get(User, UUID(run.payload["actor_id"]))
    if user is None:
        raise GiveUp("Whoever asked for this is not here any more.")
    run.work.actor = user.as_actor()
    return run.work
