"""Entries on both databases, over times that no test can wait for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text

from tests.conftest import Person
from webapp.domain.content import commands, history, publication, queries, trash
from webapp.domain.content.content_types import DATA, PROJECT
from webapp.domain.content.lifecycle import Status
from webapp.domain.content.models import ContentRevision, Edition, EditionTag, Entry
from webapp.domain.content.queries import Filters
from webapp.domain.content.search import search_entries
from webapp.kernel.errors import NotFound, Unauthenticated
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import ANONYMOUS, Work

MakeWork = Callable[..., Work]
HOUR = timedelta(hours=1)


def item(title: str = "Lamp", **fields: Any) -> dict[str, Any]:
    return {"title": title, "content": {}, **fields}


def at(work: Work, later: timedelta) -> Work:
    """The same work at a later time."""
    return replace(work, now=work.now + later)


def titles(work: Work, **filters: Any) -> list[str]:
    page = queries.list_entries(work, DATA, PageRequest(), Filters(**filters))
    return [view.document["title"] for view in page.data]


def found(work: Work, q: str) -> list[str]:
    return [view.document["title"] for view in search_entries(work, DATA, q, PageRequest()).data]


def rows(work: Work) -> tuple[int, ...]:
    return tuple(
        work.session.scalar(select(func.count()).select_from(model)) or 0
        for model in (Entry, ContentRevision, Edition, EditionTag)
    )


def check_full_text(work: Work) -> None:
    """SQLite's own check that an index without content of its own agrees with its table."""
    if work.session.get_bind().dialect.name == "sqlite":
        for name in ("content_search_phrases", "content_search_words"):
            work.session.execute(text(f"INSERT INTO {name}({name}, rank) VALUES ('integrity-check', 1)"))


@pytest.fixture
def now(work: MakeWork) -> Work:
    return work()


class TestSchedules:
    def test_take_effect_without_a_runner(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item("Before")).key
        commands.update_entry(now, DATA, key, {"title": "After"}, draft=True)
        times = {
            "publish_at": (now.now + HOUR).isoformat(),
            "unpublish_at": (now.now + 2 * HOUR).isoformat(),
        }
        view = publication.schedule_entry(now, DATA, key, times)
        assert (view.status, view.publish_at) == (Status.CHANGED, now.now + HOUR)
        for later, shown, status in (
            (HOUR - timedelta(seconds=1), ["Before"], Status.CHANGED),
            (HOUR, ["After"], Status.PUBLISHED),
            (2 * HOUR, [], Status.DRAFT),
        ):
            then = at(now, later)
            assert titles(then) == shown
            assert found(then, "before" if shown == ["Before"] else "after") == shown
            assert queries.get_entry(then, DATA, key, draft=True).status is status
            assert titles(then, draft=True, status=status) == ["After"]
            assert [s for s in Status if titles(then, draft=True, status=s)] == [status]

    def test_publish_the_revision_they_were_made_for(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item("One"), draft=True).key
        publication.schedule_entry(now, DATA, key, {"publish_at": (now.now + HOUR).isoformat()})
        commands.update_entry(now, DATA, key, {"title": "Two"}, draft=True)
        then = at(now, HOUR)
        assert (titles(then), titles(then, draft=True)) == (["One"], ["Two"])
        assert queries.get_entry(then, DATA, key).published_at == then.now

    def test_are_settled_by_the_next_writer(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item("One"), draft=True).key
        publication.schedule_entry(now, DATA, key, {"publish_at": (now.now + HOUR).isoformat()})
        then = at(now, HOUR)
        commands.update_entry(then, DATA, key, {"title": "Two"}, draft=True)
        view = queries.get_entry(then, DATA, key, draft=True)
        assert (view.status, view.publish_at, titles(then)) == (Status.CHANGED, None, ["One"])

    def test_are_settled_by_the_runner(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item("One"), draft=True).key
        publication.schedule_entry(now, DATA, key, {"publish_at": (now.now + HOUR).isoformat()})
        assert publication.settle_due(now) == 0
        then = at(now, HOUR)
        assert publication.settle_due(then) == 1
        assert publication.settle_due(then) == 0
        assert titles(then) == ["One"]
        assert titles(now) == []

    def test_are_listed_by_what_comes_first(self, now: Work) -> None:
        for title, hours in (("Late", 3), ("Early", 1), ("Middle", 2)):
            key = commands.create_entry(now, DATA, item(title), draft=True).key
            publication.schedule_entry(now, DATA, key, {"publish_at": (now.now + hours * HOUR).isoformat()})
        commands.create_entry(now, DATA, item("Never"))
        listed = [view.headline for view in publication.list_scheduled(now)]
        assert listed == ["Early", "Middle", "Late"]
        assert [view.headline for view in publication.list_scheduled(at(now, 2 * HOUR))] == ["Late"]


class TestTrash:
    def test_is_kept_for_thirty_days(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item(tags=["a"])).key
        commands.trash_entry(now, DATA, key)
        almost, past = at(now, timedelta(days=30, seconds=-1)), at(now, timedelta(days=30))
        assert trash.list_trash(almost, PageRequest()).total == 1
        assert trash.list_trash(past, PageRequest()).total == 0
        assert trash.empty_expired(almost) == 0
        with pytest.raises(NotFound):
            trash.restore_entry(past, int(key))
        assert trash.empty_expired(past) == 1
        assert rows(past) == (0, 0, 0, 0)
        check_full_text(past)

    def test_restores_all_as_it_was(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item("Shown", tags=["a", "b"])).key
        commands.update_entry(now, DATA, key, {"title": "Draft", "tags": ["c"]}, draft=True)
        before = queries.get_entry(now, DATA, key)
        commands.trash_entry(now, DATA, key)
        assert (titles(now), titles(now, draft=True), found(now, "shown")) == ([], [], [])
        (trashed,) = trash.list_trash(now, PageRequest()).data
        assert (trashed.entry.headline, [tag.name for tag in trashed.entry.tags]) == ("Draft", ["c"])
        trash.restore_entry(now, int(key))
        after = queries.get_entry(now, DATA, key)
        assert (after.document, after.tags, after.published_at) == (
            before.document,
            before.tags,
            before.published_at,
        )
        assert (titles(now), titles(now, draft=True)) == (["Shown"], ["Draft"])

    def test_names_who_and_until_when(self, work: MakeWork, editor: Person) -> None:
        mine = work(editor.actor)
        key = commands.create_entry(mine, DATA, item()).key
        commands.trash_entry(mine, DATA, key)
        (trashed,) = trash.list_trash(mine, PageRequest()).data
        assert trashed.deleted_by == editor.id
        assert trashed.kept_until - trashed.deleted_at == timedelta(days=30)
        assert trash.list_trash(mine, PageRequest(), type_name=PROJECT.name).total == 0

    def test_due_schedules_do_not_bring_anything_back(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item("One"), draft=True).key
        publication.schedule_entry(now, DATA, key, {"publish_at": (now.now + HOUR).isoformat()})
        commands.trash_entry(now, DATA, key)
        then = at(now, HOUR)
        assert publication.settle_due(then) == 0
        assert titles(then) == []
        trash.restore_entry(then, int(key))
        assert titles(then) == ["One"]


class TestRows:
    def test_only_what_can_be_read_is_kept_as_an_edition(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item(tags=["a"])).key
        for number in range(5):
            commands.update_entry(now, DATA, key, {"title": f"Lamp {number}"})
        assert rows(now) == (1, 6, 1, 1)
        commands.update_entry(now, DATA, key, {"title": "Draft"}, draft=True)
        assert rows(now) == (1, 7, 2, 2)
        publication.publish_entry(now, DATA, key)
        assert rows(now) == (1, 7, 1, 1)
        check_full_text(now)

    def test_saving_what_is_there_makes_no_revision(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item(content={"a": 1}, tags=["x"])).key
        commands.update_entry(now, DATA, key, {"title": "Lamp", "content": {"a": 1}, "tags": ["X", "x"]})
        assert rows(now) == (1, 1, 1, 1)
        commands.update_entry(now, DATA, key, {"content": {"a": True}})
        assert rows(now) == (1, 2, 1, 1)
        assert queries.get_entry(now, DATA, key).document["content"] == {"a": True}

    def test_deleting_for_good_leaves_nothing(self, now: Work) -> None:
        key = commands.create_entry(now, DATA, item("Lamp", tags=["a"])).key
        commands.update_entry(now, DATA, key, {"title": "Draft"}, draft=True)
        commands.trash_entry(now, DATA, key)
        trash.delete_for_good(now, int(key))
        assert rows(now) == (0, 0, 0, 0)
        check_full_text(now)

    def test_ids_are_never_given_again(self, now: Work) -> None:
        first = commands.create_entry(now, DATA, item()).key
        commands.trash_entry(now, DATA, first)
        trash.delete_for_good(now, int(first))
        assert int(commands.create_entry(now, DATA, item()).key) > int(first)

    def test_revisions_outlive_their_author(self, work: MakeWork, editor: Person, admin: Person) -> None:
        from webapp.domain.accounts.commands import delete_user

        key = commands.create_entry(work(editor.actor), DATA, item()).key
        named = history.get_revision(work(), DATA, key, 1).revision
        assert (named.author_id, named.author) == (editor.id, editor.username)
        delete_user(work(admin.actor), editor.id)
        work().session.expire_all()
        left = history.get_revision(work(), DATA, key, 1).revision
        assert (left.author_id, left.author) == (None, None)

    def test_both_databases_have_their_full_text_indexes(self, now: Work) -> None:
        inspector = inspect(now.session.connection())
        if now.session.get_bind().dialect.name == "sqlite":
            assert {"content_search_phrases", "content_search_words"} <= set(inspector.get_table_names())
        else:
            names = {index["name"] for index in inspector.get_indexes("content_editions")}
            assert {"content_search_phrases", "content_search_words"} <= names


def test_visitors_may_do_nothing_but_read(work: MakeWork) -> None:
    key = commands.create_entry(work(), DATA, item()).key
    visitor = work(ANONYMOUS)
    for act in (
        lambda: commands.create_entry(visitor, DATA, item()),
        lambda: commands.update_entry(visitor, DATA, key, {}),
        lambda: commands.trash_entry(visitor, DATA, key),
        lambda: publication.publish_entry(visitor, DATA, key),
        lambda: publication.unpublish_entry(visitor, DATA, key),
        lambda: publication.schedule_entry(visitor, DATA, key, {}),
        lambda: publication.cancel_schedule(visitor, DATA, key),
        lambda: publication.list_scheduled(visitor),
        lambda: history.list_revisions(visitor, DATA, key, PageRequest()),
        lambda: history.get_revision(visitor, DATA, key, 1),
        lambda: history.diff_revisions(visitor, DATA, key, 1),
        lambda: history.restore_revision(visitor, DATA, key, 1),
        lambda: trash.list_trash(visitor, PageRequest()),
        lambda: trash.restore_entry(visitor, 1),
        lambda: trash.delete_for_good(visitor, 1),
        lambda: queries.get_entry(visitor, DATA, key, draft=True),
        lambda: queries.list_entries(visitor, DATA, PageRequest(), Filters(draft=True)),
        lambda: search_entries(visitor, DATA, "Lamp", PageRequest(), draft=True),
    ):
        with pytest.raises(Unauthenticated):
            act()
    assert titles(visitor) == found(visitor, "lamp") == ["Lamp"]
