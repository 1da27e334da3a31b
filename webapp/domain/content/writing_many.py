"""Writing many planned entries: a few statements for hundreds of them, past the mapper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import insert

from webapp.domain.audit.events import Happening, named, record_many
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.editing import tag_ids
from webapp.domain.content.entry_plans import Change
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import Entry
from webapp.domain.content.plans import Plan
from webapp.domain.content.steps import NewRevision, Step, let_stand, run, take_steps
from webapp.kernel.db import reserve_ids
from webapp.kernel.pieces import pieces
from webapp.kernel.work import Work


def write_entries(content_type: ContentType, work: Work, plans: Iterable[Plan], draft: bool) -> None:
    """Create or change the entries of plans that hold; each plan then has its key."""
    work.session.flush()
    plans = list(plans)
    tags = tag_ids(work, (name for plan in plans for name in plan.state.tags))
    for piece in pieces(plans):
        new = [plan for plan in piece if plan.is_new]
        old = [plan for plan in piece if not plan.is_new]
        steps = [*_created(work, content_type, new, draft), *_changed(work, old, draft)]
        take_steps(work, content_type, steps, tags)
        record_many(work, [_happening(content_type, plan, draft) for plan in (*new, *old)])
    work.session.expire_all()


def _created(work: Work, content_type: ContentType, plans: Sequence[Plan], draft: bool) -> list[Step]:
    if not plans:
        return []
    standing = Standing(1) if draft else Standing(1).published(1, work.now)
    times = {"created_at": work.now, "updated_at": work.now}
    shared = {"type": content_type.name, "version": 1, **times, **standing.columns}
    ids = reserve_ids(work.session, Entry, len(plans))
    rows = [{**shared, "id": id_, "key": plan.key} for plan, id_ in zip(plans, ids, strict=True)]
    run(work, insert(Entry), rows)
    for plan, entry_id in zip(plans, ids, strict=True):
        plan.key = plan.key if content_type.has_own_keys else entry_id
    return [
        Step(entry_id, standing.windows(), [_revision(work, plan.state, 1)], is_new=True)
        for plan, entry_id in zip(plans, ids, strict=True)
    ]


def _changed(work: Work, plans: Sequence[Plan], draft: bool) -> list[Step]:
    if not plans:
        return []
    steps, standings = [], dict[int, Standing]()
    for plan in plans:
        change: Change = plan.state
        assert change.found is not None
        standing, revisions = change.settled, []
        if change.changed:
            standing = standing.saved(standing.latest + 1)
            revisions = [_revision(work, change, standing.latest)]
        standing = standing if draft else standing.published(standing.latest, work.now)
        standings[change.found.id] = standing
        steps.append(Step(change.found.id, standing.windows(), revisions))
    let_stand(work, standings)
    return steps


def _revision(work: Work, change: Change, number: int) -> NewRevision:
    return NewRevision(number, change.document, change.tags, change.search, work.now)


def _happening(content_type: ContentType, plan: Plan, draft: bool) -> Happening:
    change: Change = plan.state
    if change.found is None:
        verb = "create"
    else:
        is_publication = not (change.changed or draft or change.settled.live == change.settled.latest)
        verb = "publish" if is_publication else "update"
    action = f"{content_type.name}.{verb}_draft" if draft else f"{content_type.name}.{verb}"
    return Happening(action, plan.key, named(change.changed))
