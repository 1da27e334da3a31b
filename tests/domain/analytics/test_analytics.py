"""Numbers over all features, against rows that are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from tests.conftest import MakeUser, Person
from tests.designs import add_design
from webapp.adapters.cache.memory import MemoryCache
from webapp.domain.accounts.review import approve_user
from webapp.domain.analytics.queries import analytics
from webapp.domain.content.commands import trash_entry
from webapp.domain.content.content_types import DESIGN
from webapp.domain.gallery.commands import set_favorite
from webapp.domain.gallery.counting import write_views
from webapp.kernel.errors import Denied
from webapp.kernel.work import Work

Begin = Callable[..., Work]


@pytest.fixture
def cache(tmp_path: Path) -> MemoryCache:
    return MemoryCache(tmp_path / "cache")


def test_every_number(
    admin: Person, editor: Person, make_user: MakeUser, work: Begin, cache: MemoryCache
) -> None:
    waiting = [make_user(status="pending") for _ in range(2)]
    begun = work(admin.actor)
    liked = add_design(begun, "Liked", featured=True)
    add_design(begun, "Kurta", category="Kurtas")
    add_design(begun, "Draft", status="draft")
    trash_entry(begun, DESIGN, add_design(begun, "Gone"))
    today = begun.now.date()
    write_views(begun, [(today, liked, "a"), (today, liked, "b"), (today - timedelta(days=3), liked, "a")])
    set_favorite(work(editor.actor), liked, True)
    approve_user(work(admin.actor), waiting[0].id)
    found = analytics(work(admin.actor), cache, days=7)
    assert found.users == {"total": 4, "approved": 3, "pending": 1, "admins": 1}
    assert found.designs == {"total": 3, "published": 2, "featured": 1, "views": 3, "favorites": 1}
    assert [day.date for day in found.by_day] == [today - timedelta(days=n) for n in range(6, -1, -1)]
    last = found.by_day[-1]
    assert (last.views, last.favorites, last.registrations, last.approvals) == (2, 1, 4, 1)
    assert [day.designs for day in found.by_day] == [0] * 6 + [4], "drafts, and what is in the trash now, too"
    assert [day.views for day in found.by_day] == [0, 0, 0, 1, 0, 0, 2]
    assert [(each.category, each.designs, each.views, each.favorites) for each in found.by_category] == [
        ("Kurtas", 1, 0, 0),
        ("Sarees", 1, 3, 1),
    ]
    assert found.cards == {"total": 0, "public": 0, "shared": 0, "opens": 0}
    assert found.templates == dict.fromkeys(("total", "public", "featured", "likes", "uses", "reviews"), 0)


def test_only_admins_see_them(editor: Person, work: Begin, cache: MemoryCache) -> None:
    with pytest.raises(Denied):
        analytics(work(editor.actor), cache)


def test_days_that_are_over_are_counted_once_a_day(admin: Person, work: Begin, cache: MemoryCache) -> None:
    begun = work(admin.actor)
    design, today = add_design(begun, "Seen"), begun.now.date()

    def views(on: date) -> list[int]:
        look = work(admin.actor)
        look.now = datetime.combine(on, time(12), UTC)
        return [day.views for day in analytics(look, cache, days=3).by_day]

    write_views(begun, [(today - timedelta(days=1), design, "a"), (today, design, "a")])
    assert views(today) == [0, 1, 1]
    write_views(begun, [(today - timedelta(days=1), design, "b"), (today, design, "b")])
    assert views(today) == [0, 1, 2]
    assert views(today + timedelta(days=1)) == [2, 2, 0]
