"""What rows do to items: planned without a lock, written in a few statements for hundreds of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, insert, select, update

from webapp.domain.audit.events import Happening, named, record_many
from webapp.domain.content.items import item_errors, item_values
from webapp.domain.content.models import Item, ItemRevision
from webapp.domain.content.plans import Fields, Plan, Row
from webapp.domain.content.policy import may_use_item
from webapp.kernel.db import new_uuid
from webapp.kernel.errors import Denied, FieldError, NotFound
from webapp.kernel.pieces import pieces
from webapp.kernel.work import Work


@dataclass(slots=True)
class Change:
    """The columns that are written; ``version`` is that of the item that is there, None for a new one.
    ``number`` is that of the new revision, None where the row says what is there."""

    id: UUID
    values: dict[str, Any]
    version: int | None = None
    number: int | None = 1


def plan_items(work: Work, rows: Iterable[Row], _draft: bool) -> list[Plan]:
    """What each row would do, or what is wrong with it."""
    plans = []
    for piece in pieces(rows):
        ids = {item_id for _, fields in piece if (item_id := _as_id(fields.get("id")))}
        statement = select(Item).where(Item.id.in_(ids), Item.deleted_at.is_(None))
        statement = statement.execution_options(populate_existing=True)
        items = {item.id: item for item in work.session.scalars(statement)}
        for number, fields in piece:
            plan = Plan(number, fields)
            item = items.get(_as_id(fields.get("id")) or UUID(int=0))
            _plan(plan, work, item)
            plans.append(plan)
    return plans


def outdated_items(work: Work, plans: Sequence[Plan]) -> list[Plan]:
    """Those plans whose items somebody else has changed. The other items are locked."""
    ids = sorted(plan.state.id for plan in plans if plan.state.version is not None)
    versions: dict[UUID, int] = {}
    for piece in pieces(ids):
        there = select(Item.id, Item.version).where(Item.id.in_(piece), Item.deleted_at.is_(None))
        there = there.order_by(Item.id).with_for_update()
        versions.update(work.session.execute(there).all())
    return [plan for plan in plans if plan.state.version != versions.get(plan.state.id)]


def write_items(work: Work, plans: Iterable[Plan], _draft: bool) -> None:
    """Create or change the items of plans that hold. Raises Denied where nobody could own a new one."""
    work.session.flush()
    run = work.session.connection().execute
    for piece in pieces(plans):
        changes: list[Change] = [plan.state for plan in piece]
        new = [change for change in changes if change.version is None]
        if new and work.actor.id is None:
            raise Denied("An item needs a person who owns it")
        times = {"created_at": work.now, "updated_at": work.now}
        shared = {"owner_id": work.actor.id, "version": 1, "revision": 1, **times}
        if new:
            run(insert(Item), [{**shared, "id": each.id, **each.values} for each in new])
        saved = [change for change in changes if change.number is not None]
        if old := [change for change in saved if change.version is not None]:
            names: dict[str, Any] = {name: bindparam(name) for name in (*old[0].values, "revision")}
            statement = update(Item).where(Item.id == bindparam("item"))
            statement = statement.values(version=Item.version + 1, updated_at=work.now, **names)
            run(statement, [{"item": each.id, "revision": each.number, **each.values} for each in old])
        if saved:
            run(insert(ItemRevision), [_revision(work, change) for change in saved])
        record_many(work, [_happening(plan) for plan in piece if plan.state.number is not None])
    work.session.expire_all()


def _revision(work: Work, change: Change) -> dict[str, Any]:
    state = {name: change.values[name] for name in ("title", "description")}
    made = {"author_id": work.actor.id, "created_at": work.now}
    return {"item_id": change.id, "number": change.number, **state, **made}


def _happening(plan: Plan) -> Happening:
    if plan.is_new:
        return Happening("item.create", plan.key)
    return Happening("item.update", plan.key, named(plan.fields.keys() - {"id"}))


def _plan(plan: Plan, work: Work, item: Item | None) -> None:
    rest: Fields = {name: value for name, value in plan.fields.items() if name != "id"}
    if plan.fields.get("id") and (item is None or not may_use_item(work.actor, item)):
        error = NotFound("Item not found") if item is None else Denied("Not enough permissions")
        plan.errors = [FieldError("", error.detail, error.code)]
        return
    plan.errors = item_errors(rest, partial=item is not None)
    plan.is_new = item is None
    if not plan.errors:
        item_id = new_uuid() if item is None else item.id
        plan.key = str(item_id)
        values = item_values(rest, item)
        plan.state = Change(item_id, values)
        if item is not None:
            is_same = all(getattr(item, name) == value for name, value in values.items())
            plan.state.version, plan.state.number = item.version, None if is_same else item.revision + 1


def _as_id(sent: Any) -> UUID | None:
    try:
        return UUID(str(sent)) if sent else None
    except ValueError:
        return None
