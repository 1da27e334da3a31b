"""Product settings in a bundle: those that an admin has changed from their defaults."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from webapp.domain.bundles.records import Item
from webapp.domain.bundles.registry import Part, add_part
from webapp.domain.settings.commands import update_settings
from webapp.domain.settings.models import AppSetting
from webapp.domain.settings.registry import BY_KEY
from webapp.kernel.work import Work


def _item(row: AppSetting) -> Item:
    return Item(row.key, {"value": row.value}, row.updated_at)


def dump(work: Work) -> Iterator[Item]:
    rows = work.session.scalars(select(AppSetting).order_by(AppSetting.key)).all()
    return (_item(row) for row in rows if row.key in BY_KEY)


def find(work: Work, key: str) -> Item | None:
    row = work.session.get(AppSetting, key) if key in BY_KEY else None
    return None if row is None else _item(row)


def save(work: Work, item: Item) -> None:
    update_settings(work, {item.key: item.record["value"]})


add_part(10, Part("settings", "Settings", dump, find, save))
