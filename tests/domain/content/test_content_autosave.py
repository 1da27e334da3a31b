"""What is typed and not saved: one's own, replaced, limited, forgotten in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.conftest import MakeUser, Person
from webapp.domain.content import autosave
from webapp.domain.content.autosave import (
    KEPT_FOR,
    SIZE_MAX,
    Autosave,
    find_unsaved,
    forget_old,
    forget_unsaved,
    keep_unsaved,
)
from webapp.domain.jobs.registry import JobRun
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import Denied, Invalid
from webapp.kernel.work import Work

BeginWork = Callable[..., Work]


def test_it_is_ones_own_and_replaced(work: BeginWork, editor: Person, admin: Person, member: Person) -> None:
    keep_unsaved(work(editor.actor), "data/1", {"title": "x"})
    keep_unsaved(work(editor.actor), "data/1", {"title": "y"})
    keep_unsaved(work(editor.actor), "data/2", {"title": "z"})
    found = find_unsaved(work(editor.actor), "data/1")
    assert found is not None
    assert found.texts == {"title": "y"}
    assert find_unsaved(work(admin.actor), "data/1") is None
    forget_unsaved(work(admin.actor), "data/1")
    assert find_unsaved(work(editor.actor), "data/1") is not None
    forget_unsaved(work(editor.actor), "data/1")
    assert find_unsaved(work(editor.actor), "data/1") is None
    with pytest.raises(Denied):
        keep_unsaved(work(member.actor), "data/1", {})


def test_limits(work: BeginWork, editor: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    for wrong in ({"a": "x" * (SIZE_MAX + 1)}, {"a": "\0"}):
        with pytest.raises(Invalid):
            keep_unsaved(work(editor.actor), "data/1", wrong)
    with pytest.raises(Invalid):
        keep_unsaved(work(editor.actor), "x" * 201, {})
    monkeypatch.setattr(autosave, "PLACES_MAX", 2)
    for number in range(4):
        keep_unsaved(work(editor.actor), f"data/{number}", {})
    left = set(work().session.scalars(select(Autosave.place)))
    assert left == {"data/2", "data/3"}


@pytest.mark.one_database
def test_it_is_forgotten_in_time_and_with_the_person(
    app: Flask, work: BeginWork, make_user: MakeUser
) -> None:
    person = make_user("editor")
    for place in ("old", "new"):
        keep_unsaved(work(person.actor), place, {})
    old = update(Autosave).where(Autosave.place == "old")
    work().session.execute(old.values(saved_at=utc_now() - KEPT_FOR - timedelta(seconds=1)))
    forget_old(JobRun(work(), {}, app.ports, 0))  # type: ignore[attr-defined]
    assert work().session.scalar(select(func.count()).select_from(Autosave)) == 1
