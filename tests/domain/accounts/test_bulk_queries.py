"""Whom a bulk action concerns."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest

from webapp.domain.accounts.models import Status, User
from webapp.domain.accounts.queries import BULK_MAX, find_users, list_user_ids, list_users
from webapp.kernel.errors import Denied, Unauthenticated
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import ANONYMOUS, Actor, Role, Work

Begin = Callable[..., Work]


def add_users(work: Work, count: int, **fields: str) -> list[User]:
    """People who asked one second after the other."""
    users = []
    for i in range(count):
        asked = work.now + timedelta(seconds=i)
        users.append(User(email=f"person-{i:04}@example.org", created_at=asked, updated_at=asked, **fields))
        users[-1].refresh_keys()
    work.session.add_all(users)
    work.session.flush()
    return users


def test_ids_follow_the_filters_of_the_list(work: Begin) -> None:
    unit = work()
    first, second, third = add_users(unit, 3)
    third.status = Status.REJECTED
    second.role = Role.EDITOR
    unit.session.flush()
    assert list_user_ids(unit) == [first.id, second.id, third.id]
    assert list_user_ids(unit, status="pending") == [first.id, second.id]
    assert list_user_ids(unit, status="pending", role="editor") == [second.id]
    assert list_user_ids(unit, q="-0002@") == [third.id]


def test_no_more_ids_than_one_action_may_concern(work: Begin) -> None:
    unit = work()
    users = add_users(unit, BULK_MAX + 1)
    assert list_user_ids(unit, status="pending") == [user.id for user in users[:BULK_MAX]]


def test_people_come_in_the_order_of_their_ids_and_the_missing_are_left_out(work: Begin) -> None:
    unit = work()
    first, second = add_users(unit, 2)
    assert find_users(unit, [second.id, uuid.uuid4(), first.id]) == [second, first]
    assert find_users(unit, []) == []


def test_lists_run_backwards_by_email_from_cursor_to_cursor(work: Begin) -> None:
    unit = work()
    users = add_users(unit, 3)
    page = list_users(unit, PageRequest(limit=2), sort="-email")
    assert list(page.data) == [users[2], users[1]]
    rest = list_users(unit, PageRequest(limit=2, after=page.next_after), sort="-email")
    assert list(rest.data) == [users[0]]


@pytest.mark.parametrize(
    ("actor", "refusal"), [(ANONYMOUS, Unauthenticated), (Actor(uuid.UUID(int=1), Role.EDITOR), Denied)]
)
def test_only_admins_ask(work: Begin, actor: Actor, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        list_user_ids(work(actor))
    with pytest.raises(refusal):
        find_users(work(actor), [])
