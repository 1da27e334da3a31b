"""Actions on many entries: written in few statements, and yet the same as one by one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.conftest import Person
from tests.domain.bundles.test_long_bundles import statements
from tests.domain.content.test_content_import import find, outcome_of, prepared
from webapp.domain.content.bulk import act_on_entries
from webapp.domain.content.commands import create_entry, trash_entry, update_entry
from webapp.domain.content.content_types import DATA, DESIGN, PROJECT, TAGS_MAX, ContentType
from webapp.domain.content.publication import publish_entry, unpublish_entry
from webapp.domain.content.queries import Key, get_entry
from webapp.domain.webhooks.commands import create_webhook
from webapp.kernel.errors import Invalid
from webapp.kernel.work import Work

BeginWork = Callable[..., Work]


def tag_one(work: Work, content_type: ContentType, key: Key) -> None:
    view = get_entry(work, content_type, key, draft=True)
    names = [tag.name for tag in view.tags]
    if "fresh" not in names:
        tags = {"tags": [*names, "fresh"]}
        update_entry(work, content_type, key, tags, draft=view.status != "published")


ONE = {"publish": publish_entry, "unpublish": unpublish_entry, "trash": trash_entry, "tag": tag_one}


def unversioned(rows: list[str]) -> list[str]:
    """Rows without their versions, of which one change may take two."""
    return sorted(re.sub(r"'version': \d+", "", row) for row in map(str, rows))


@pytest.mark.parametrize(
    ("action", "content_type"),
    [("publish", DESIGN), ("unpublish", PROJECT), ("trash", DESIGN), ("tag", DATA)],
)
def test_many_are_changed_as_one_by_one(
    work: BeginWork, admin: Person, action: str, content_type: ContentType
) -> None:
    now = work(admin.actor)
    create_webhook(now, {"name": "W", "url": "https://example.org/", "events": [content_type.name]})
    keys = [row["id"] for row in prepared(now, content_type) if find(now, content_type, row.get("id"))]
    now.now += timedelta(minutes=1)

    def one_by_one() -> None:
        for key in keys:
            ONE[action](now, content_type, key)

    def at_once() -> None:
        assert not any(row.error for row in act_on_entries(now, content_type, action, keys, ["fresh"]))

    alone, many = outcome_of(now, one_by_one), outcome_of(now, at_once)
    for name, expected in alone.items():
        assert unversioned(many[name]) == unversioned(expected), name


def test_hundreds_take_a_few_statements_and_what_fails_is_told(work: BeginWork) -> None:
    now = work()
    keys = [create_entry(now, DATA, {"title": f"T{number}", "content": {}}).key for number in range(60)]
    full = [f"t{number}" for number in range(TAGS_MAX)]
    update_entry(now, DATA, keys[1], {"tags": full})
    with statements(now) as run:
        for action in ("tag", "untag", "publish", "unpublish", "trash"):
            rows = act_on_entries(now, DATA, action, [*keys, 999_999], ["fresh"])
            failed = {row.key: row.error for row in rows if row.error}
            assert failed.keys() == {999_999} | ({keys[1]} if action == "tag" else set())
            if action == "tag":
                assert isinstance(failed[keys[1]], Invalid)
    told = [each for each in run if not each.startswith("INSERT")]
    assert len(told) < 60, told
