"""Tags in a bundle: compared and checked without a lock, hundreds written in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update

from webapp.domain.audit.events import Happening, record_many
from webapp.domain.bundles.records import About, Action, Item, Plan
from webapp.domain.content.content_types import tag_name_errors
from webapp.domain.content.editing import tag_ids
from webapp.domain.content.models import Tag
from webapp.domain.content.steps import run
from webapp.kernel.db import is_storable
from webapp.kernel.errors import refuse
from webapp.kernel.pieces import pieces
from webapp.kernel.text import fold
from webapp.kernel.work import Work


@dataclass(slots=True)
class Name:
    """What a tag is to be called, and how it is written here; None where there is none."""

    name: str
    here: str | None


@dataclass(frozen=True, slots=True)
class Tags:
    """The part of tags, by their folded names. What is written in another way here is nobody's change."""

    name: str = "tags"
    label: str = "Tags"

    def dump(self, work: Work) -> Iterator[Item]:
        names = work.session.scalars(select(Tag.name).order_by(Tag.name_key)).all()
        return (Item(fold(name), {"name": name}) for name in names)

    def plan(self, work: Work, items: Iterable[Item], about: About) -> list[Plan]:
        plans = []
        for piece in pieces(items):
            here = _names_here(work, (item.key for item in piece))
            for item in piece:
                plan, name = Plan(item), here.get(item.key)
                plans.append(plan)
                plan.decide(None if name is None else Item(item.key, {"name": name}), replace=about.replace)
                with plan.refusing():
                    if plan.is_written:
                        plan.state = Name(_checked(item), name)
        return plans

    def outdated(self, work: Work, plans: Sequence[Plan]) -> list[Plan]:
        here = _names_here(work, (plan.item.key for plan in plans))
        return [plan for plan in plans if here.get(plan.item.key) != plan.state.here]

    def write(self, work: Work, plans: Sequence[Plan]) -> None:
        new = {plan.item.key: plan.state.name for plan in plans if plan.action is Action.CREATE}
        ids = tag_ids(work, new.values())
        record_many(work, [Happening("tag.create", ids[key], {"name": (None, new[key])}) for key in new])
        old = [plan for plan in plans if plan.action is Action.UPDATE]
        if rows := [{"key": plan.item.key, "to": plan.state.name} for plan in old]:
            spelled: dict[str, Any] = {"name": bindparam("to"), "version": Tag.version + 1}
            run(work, update(Tag).where(Tag.name_key == bindparam("key")).values(**spelled), rows)
        work.session.expire_all()


def _checked(item: Item) -> str:
    refuse(tag_name_errors(item.record["name"]))
    name: str = item.record["name"].strip()
    if fold(name) != item.key:
        raise ValueError("its key is another")
    return name


def _names_here(work: Work, keys: Iterable[str]) -> dict[str, str]:
    """How tags are written here, by their folded names."""
    found: dict[str, str] = {}
    for piece in pieces(key for key in keys if is_storable(key)):
        found.update(
            work.session.execute(select(Tag.name_key, Tag.name).where(Tag.name_key.in_(piece))).all()
        )
    return found
