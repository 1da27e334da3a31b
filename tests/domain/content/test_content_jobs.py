"""What content does by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select

from tests.conftest import Person
from webapp.domain.content import commands, item_history, items, publication, trash
from webapp.domain.content.content_types import DATA
from webapp.domain.content.jobs import empty_trash, settle
from webapp.domain.content.models import Entry, ItemRevision
from webapp.domain.jobs.registry import JobRun, get_kind
from webapp.kernel.clock import rfc3339
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work

BeginWork = Callable[..., Work]


def run_of(work: Work) -> JobRun:
    """A run whose steps go on in the same work."""
    return JobRun(work, {}, None, 0, _keep=lambda done, total: work)  # type: ignore[arg-type]


def test_what_fell_due_is_written_down(work: BeginWork) -> None:
    now = work()
    keys = [
        commands.create_entry(now, DATA, {"title": f"T{n}", "content": {}}, draft=True).key for n in range(3)
    ]
    at = rfc3339(now.now + timedelta(seconds=30))
    for key in keys[:2]:
        publication.schedule_entry(now, DATA, key, {"publish_at": at})
    early = run_of(work())
    settle(early)
    assert early.result is None
    late = work()
    late.now = now.now + timedelta(minutes=1)
    run = run_of(late)
    settle(run)
    assert run.result == {"settled": 2}
    found = {entry.id: entry.live_number for entry in late.session.query(Entry)}
    assert [found[int(key)] for key in keys] == [1, 1, None]


def test_more_than_one_step_is_settled(work: BeginWork) -> None:
    now = work()
    count = publication.SCHEDULED_MAX + 1
    at = rfc3339(now.now + timedelta(seconds=30))
    for number in range(count):
        fields = {"title": f"T{number}", "content": {}}
        key = commands.create_entry(now, DATA, fields, draft=True).key
        publication.schedule_entry(now, DATA, key, {"publish_at": at})
    late = work()
    late.now = now.now + timedelta(minutes=1)
    run = run_of(late)
    settle(run)
    assert run.result == {"settled": count}


def test_the_trash_is_emptied_of_what_is_too_old(work: BeginWork) -> None:
    now = work()
    old, young = (commands.create_entry(now, DATA, {"title": "T", "content": {}}).key for _ in range(2))
    commands.trash_entry(now, DATA, old)
    later = work()
    later.now = now.now + trash.KEPT_FOR
    commands.trash_entry(later, DATA, young)
    run = run_of(later)
    empty_trash(run)
    assert run.result == {"deleted": 1}


def test_so_are_items(work: BeginWork, editor: Person) -> None:
    now = work(editor.actor)
    old, young = (items.create_item(now, {"title": "T"}).id for _ in range(2))
    items.trash_item(now, old)
    later = work(editor.actor)
    later.now = now.now + trash.KEPT_FOR
    assert item_history.list_trash(later, PageRequest()).data == []
    items.trash_item(later, young)
    run = run_of(later)
    empty_trash(run)
    assert run.result == {"deleted": 1}
    assert later.session.scalars(select(ItemRevision.item_id)).all() == [young]


def test_both_are_schedules() -> None:
    assert get_kind("content.settle_due").every == timedelta(minutes=1)
    assert get_kind("content.empty_trash").every == timedelta(days=1)
