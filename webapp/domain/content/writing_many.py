"""Writing many planned entries: a few statements for hundreds of them, past the mapper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, update

from webapp.domain.audit.events import Happening, named, record_many
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.editing import tag_ids
from webapp.domain.content.entry_plans import Change
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import Entry
from webapp.domain.content.plans import Plan, pieces
from webapp.domain.content.steps import NewRevision, Step, run, take_steps
from webapp.kernel.db import reserve_ids
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
    shared = {"type": content_type.name, "version": 1, "created_at": work.now, **_columns(work, standing)}
    ids = reserve_ids(work.session, Entry, len(plans))
    rows = [{**shared, "id": id_, "key": plan.key} for plan, id_ in zip(plans, ids, strict=True)]
    run(work, insert(Entry), rows)
    for plan, entry_id in zip(plans, ids, strict=True):
        plan.key = plan.key if content_type.has_own_keys else entry_id
    return [
        Step(entry_id, standing, [_revision(work, plan.state, 1)], is_new=True)
        for plan, entry_id in zip(plans, ids, strict=True)
    ]


def _changed(work: Work, plans: Sequence[Plan], draft: bool) -> list[Step]:
    if not plans:
        return []
    steps = []
    for plan in plans:
        change: Change = plan.state
        assert change.found is not None
        standing, revisions = change.settled, []
        if change.changed:
            standing = standing.saved(standing.latest + 1)
            revisions = [_revision(work, change, standing.latest)]
        standing = standing if draft else standing.published(standing.latest, work.now)
        steps.append(Step(change.found.id, standing, revisions, is_new=False))
    names = _columns(work, steps[0].standing)
    statement = update(Entry).where(Entry.id == bindparam("entry"))
    statement = statement.values(version=Entry.version + 1, **{name: bindparam(name) for name in names})
    run(work, statement, [{"entry": step.entry_id, **_columns(work, step.standing)} for step in steps])
    unscheduled = [s.entry_id for s in steps if s.standing.publish_at is s.standing.unpublish_at is None]
    run(work, update(Entry).where(Entry.id.in_(unscheduled)).values(time_zone=None))
    return steps


def _columns(work: Work, standing: Standing) -> dict[str, Any]:
    return {**standing.columns, "updated_at": work.now}


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
