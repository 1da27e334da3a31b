"""Views and favourites: what is counted equals what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.conftest import MakeUser, Person
from tests.designs import add_design, draft_beside
from webapp.domain.accounts.commands import delete_user
from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.publication import publish_entry
from webapp.domain.gallery import counting
from webapp.domain.gallery.commands import set_favorite, update_design
from webapp.domain.gallery.counting import NotedViews, forget_visits, visitor_of, write_views
from webapp.domain.gallery.models import Design, DesignEdition, DesignViews, DesignVisit
from webapp.domain.gallery.queries import get_design, list_favorites
from webapp.kernel.errors import NotFound
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work

Begin = Callable[..., Work]


def numbers(work: Work, name: str, design_id: int) -> set[int]:
    """A counter of a design, and its copies in the rows of lists."""
    kept = work.session.scalars(select(getattr(Design, name)).where(Design.id == design_id)).all()
    rows = select(getattr(DesignEdition, name)).where(DesignEdition.design_id == design_id)
    return {*kept, *work.session.scalars(rows)}


def test_favorites_are_kept_once_and_counted(work: Begin, make_user: MakeUser) -> None:
    one, other = make_user(), make_user()
    design_id = add_design(work())
    begun = work(one.actor)
    assert [set_favorite(begun, design_id, True) for _ in range(2)] == [(True, 1), (True, 1)]
    assert set_favorite(work(other.actor), design_id, True) == (True, 2)
    draft_beside(work(), design_id, title="Later")
    assert numbers(begun, "like_count", design_id) == {2}
    assert [set_favorite(begun, design_id, False) for _ in range(2)] == [(False, 1), (False, 1)]
    assert numbers(begun, "like_count", design_id) == {1}
    assert list_favorites(begun, PageRequest()).data == []
    assert [view.is_favorited for view in list_favorites(work(other.actor), PageRequest()).data] == [True]


def test_whoever_leaves_is_counted_no_longer(work: Begin, admin: Person, make_user: MakeUser) -> None:
    one, other = make_user(), make_user()
    liked = [add_design(work(), f"Design {number}") for number in range(2)]
    for person in (one, other):
        set_favorite(work(person.actor), liked[0], True)
    delete_user(work(admin.actor), one.id)
    assert [numbers(work(), "like_count", each) for each in liked] == [{1}, {0}]


def test_a_design_that_is_out_of_sight_is_no_favorite(work: Begin, member: Person) -> None:
    system = work()
    design_id = add_design(system)
    begun = work(member.actor)
    set_favorite(begun, design_id, True)
    update_design(system, design_id, {}, status="archived")
    assert list_favorites(begun, PageRequest()).data == []
    with pytest.raises(NotFound):
        set_favorite(begun, design_id, True)
    publish_entry(system, DESIGN, design_id)
    assert list_favorites(work(member.actor), PageRequest()).total == 1


def test_each_person_and_visitor_counts_once_a_day(work: Begin, member: Person) -> None:
    begun, person = work(), work(member.actor)
    design_id, day = add_design(begun), begun.now.date()
    visitors = [visitor_of(work_, b"secret") for work_ in (begun, person)]
    assert write_views(begun, [(day, design_id, visitor) for visitor in visitors]) == 2
    assert write_views(begun, [(day, design_id, visitors[0]), (day, 999, visitors[0])]) == 0
    assert write_views(begun, [(day + timedelta(days=1), design_id, visitors[0])]) == 1
    assert numbers(begun, "view_count", design_id) == {3}
    by_day = select(DesignViews.views).order_by(DesignViews.day)
    assert list(begun.session.scalars(by_day)) == [2, 1]
    assert get_design(begun, design_id).view_count == 3


def test_who_has_seen_what_is_forgotten_and_is_no_name(work: Begin, member: Person) -> None:
    begun = work(member.actor)
    design_id, day = add_design(work()), begun.now.date()
    visitor = visitor_of(begun, b"secret")
    assert member.id.hex not in visitor and visitor != visitor_of(begun, b"another secret")
    write_views(begun, [(day - timedelta(days=9), design_id, visitor), (day, design_id, visitor)])
    forget_visits(begun)
    assert begun.session.scalar(select(func.count()).select_from(DesignVisit)) == 1
    assert begun.session.scalar(select(func.sum(DesignViews.views))) == 2


@pytest.mark.one_database
def test_noted_views_are_written_some_time_later(work: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    now, noted = work().now, NotedViews()
    view = (now.date(), 1, "a")
    assert not noted.note(view, now) and not noted.note(view, now + timedelta(seconds=9))
    assert noted.note(view, now + timedelta(seconds=10))
    assert noted.take() == {view} and noted.take() == set()
    monkeypatch.setattr(counting, "HELD_MAX", 3)
    due = [noted.note((now.date(), number, "a"), now) for number in range(5)]
    assert due == [False, False, True, True, True] and len(noted.take()) == 3
