"""Writing many planned entries: a few statements for hundreds of them, past the mapper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from webapp.domain.audit.events import Happening, named, record_many
from webapp.domain.content.content_types import ContentType
from webapp.domain.content.editing import tag_ids
from webapp.domain.content.entry_plans import Change
from webapp.domain.content.lifecycle import Standing
from webapp.domain.content.models import ContentRevision, Edition, EditionTag, Entry
from webapp.domain.content.plans import Key, Plan, pieces
from webapp.domain.content.projections import (
    Addition,
    Shown,
    add_to_projection,
    remove_from_projection,
    show_in_projection,
)
from webapp.kernel.db import reserve_ids
from webapp.kernel.text import fold
from webapp.kernel.work import Work


@dataclass(slots=True)
class Step:
    """One entry on its way: ``number`` is that of its new revision, None where nothing changed."""

    entry_id: int
    key: Key
    change: Change
    standing: Standing
    number: int | None


def write_entries(content_type: ContentType, work: Work, plans: Iterable[Plan], draft: bool) -> None:
    """Create or change the entries of plans that hold; each plan then has its key."""
    work.session.flush()
    plans = list(plans)
    tags = tag_ids(work, (name for plan in plans for name in plan.state.tags))
    for piece in pieces(plans):
        new = [plan for plan in piece if plan.is_new]
        old = [plan for plan in piece if not plan.is_new]
        steps = [*_created(work, content_type, new, draft), *_changed(work, old, draft)]
        _add_revisions(work, steps)
        _arrange(work, content_type, [step for step in steps if step.change.found])
        _add_editions(work, content_type, steps, tags)
        record_many(work, [_happening(content_type, step, draft) for step in steps])
    work.session.expire_all()


def _created(work: Work, content_type: ContentType, plans: Sequence[Plan], draft: bool) -> list[Step]:
    if not plans:
        return []
    standing = Standing(1) if draft else Standing(1).published(1, work.now)
    shared = {"type": content_type.name, "version": 1, "created_at": work.now, **_columns(work, standing)}
    ids = reserve_ids(work.session, Entry, len(plans))
    rows = [{**shared, "id": id_, "key": plan.key} for plan, id_ in zip(plans, ids, strict=True)]
    _run(work, insert(Entry), rows)
    for plan, entry_id in zip(plans, ids, strict=True):
        plan.key = plan.key if content_type.has_own_keys else entry_id
    return [
        Step(entry_id, plan.key, plan.state, standing, 1)  # type: ignore[arg-type]
        for plan, entry_id in zip(plans, ids, strict=True)
    ]


def _changed(work: Work, plans: Sequence[Plan], draft: bool) -> list[Step]:
    if not plans:
        return []
    steps = []
    for plan in plans:
        change: Change = plan.state
        assert change.found is not None and plan.key is not None
        standing, number = change.settled, None
        if change.changed:
            number = standing.latest + 1
            standing = standing.saved(number)
        standing = standing if draft else standing.published(standing.latest, work.now)
        steps.append(Step(change.found.id, plan.key, change, standing, number))
    names = _columns(work, steps[0].standing)
    statement = update(Entry).where(Entry.id == bindparam("entry"))
    statement = statement.values(version=Entry.version + 1, **{name: bindparam(name) for name in names})
    _run(work, statement, [{"entry": step.entry_id, **_columns(work, step.standing)} for step in steps])
    unscheduled = [s.entry_id for s in steps if s.standing.publish_at is s.standing.unpublish_at is None]
    _run(work, update(Entry).where(Entry.id.in_(unscheduled)).values(time_zone=None))
    return steps


def _columns(work: Work, standing: Standing) -> dict[str, Any]:
    return {**standing.columns, "updated_at": work.now}


def _add_revisions(work: Work, steps: Iterable[Step]) -> None:
    shared = {"author_id": work.actor.id, "created_at": work.now}
    rows = [
        {
            "entry_id": step.entry_id,
            "number": step.number,
            "document": step.change.document,
            "tags": step.change.tags,
            **shared,
        }
        for step in steps
        if step.number is not None
    ]
    if rows:
        _run(work, insert(ContentRevision), rows)


def _arrange(work: Work, content_type: ContentType, steps: Sequence[Step]) -> None:
    """Let editions that stay be read as the standings say, and delete the others."""
    if not steps:
        return
    windows = {step.entry_id: step.standing.windows() for step in steps}
    statement = select(Edition.id, Edition.entry_id, Edition.number).where(Edition.entry_id.in_(windows))
    found = [(row.id, windows[row.entry_id].get(row.number)) for row in _run(work, statement)]
    stay = [Shown(edition_id, window) for edition_id, window in found if window is not None]
    if stay:
        values: dict[str, Any] = {name: bindparam(name) for name in Shown.names}
        shown = update(Edition).where(Edition.id == bindparam("edition")).values(**values)
        _run(work, shown, [{"edition": each.edition_id, **each.values} for each in stay])
        show_in_projection(work, content_type.name, stay)
    if gone := [edition_id for edition_id, window in found if window is None]:
        remove_from_projection(work, content_type.name, gone)
        _run(work, delete(Edition).where(Edition.id.in_(gone)))


def _add_editions(
    work: Work, content_type: ContentType, steps: Iterable[Step], tags: Mapping[str, int]
) -> None:
    """An edition, with its tags, for each new revision; whatever else is shown has one."""
    new = [(step, step.number) for step in steps if step.number is not None]
    if not new:
        return
    ids = reserve_ids(work.session, Edition, len(new))
    windows = [step.standing.windows()[number] for step, number in new]
    rows = [
        {
            "id": edition_id,
            "entry_id": step.entry_id,
            "number": number,
            "type": content_type.name,
            "updated_at": work.now,
            **step.change.search,
            **window.columns,
        }
        for (step, number), window, edition_id in zip(new, windows, ids, strict=True)
    ]
    _run(work, insert(Edition), rows)
    additions, links = [], []
    for (step, _), window, edition_id in zip(new, windows, ids, strict=True):
        change, entry_id = step.change, step.entry_id
        shown = Shown(edition_id, window)
        additions.append(Addition(shown, entry_id, change.search["headline"], change.document))
        names = dict.fromkeys(fold(name) for name in change.tags)
        links += [
            {"edition_id": edition_id, "tag_id": tags[name], "entry_id": entry_id, "position": position}
            for position, name in enumerate(names)
        ]
    add_to_projection(work, content_type.name, additions)
    if links:
        _run(work, insert(EditionTag), links)


def _happening(content_type: ContentType, step: Step, draft: bool) -> Happening:
    change = step.change
    if change.found is None:
        verb = "create"
    else:
        is_publication = not (change.changed or draft or change.settled.live == change.settled.latest)
        verb = "publish" if is_publication else "update"
    action = f"{content_type.name}.{verb}_draft" if draft else f"{content_type.name}.{verb}"
    return Happening(action, step.key, named(change.changed))


def _run(work: Work, statement: Any, rows: Any = None) -> Any:
    return work.session.connection().execute(statement, rows)
