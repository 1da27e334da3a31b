"""What may happen while a card is made: its template vanishes, or all others are drawn just then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from tests.api.greetings import template_body
from tests.conftest import Person
from webapp.adapters.renderer import chromium
from webapp.adapters.renderer.chromium import ChromiumRenderer
from webapp.domain.cards.cards import change_card, draft_card, fit, keep_card, redraft_card
from webapp.domain.cards.templates import create_template, delete_template
from webapp.kernel.errors import Conflict, Unavailable
from webapp.kernel.work import Work


def test_a_template_vanishes_while_a_card_is_drawn(member: Person, work: Callable[..., Work]) -> None:
    now = work(member.actor)
    template = create_template(now, template_body())
    draft = draft_card(now, {"template_id": str(template.id), "message": "Light"})
    card = keep_card(now, draft, {})
    again = redraft_card(now, card.id, {"title": "Lamps"})
    delete_template(now, template.id)
    for keep in (
        lambda: keep_card(now, draft, {}),
        lambda: change_card(now, card.id, again, {}, expected=None),
    ):
        with pytest.raises(Conflict) as refusal:
            keep()
        assert refusal.value.code == "template_gone"


@pytest.mark.one_database
def test_a_busy_browser_leaves_no_card_unfitted(
    member: Person, work: Callable[..., Work], app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = work(member.actor)
    template = create_template(now, template_body())
    draft = draft_card(now, {"template_id": str(template.id), "message": "Light"})
    busy = ChromiumRenderer()
    monkeypatch.setattr(chromium, "QUEUE", 0.01)
    for _ in range(chromium.BROWSERS):
        busy._free.acquire()
    with pytest.raises(Unavailable) as refusal:
        fit(draft, busy, app.ports.storage)  # type: ignore[attr-defined]
    assert refusal.value.code == "renderer_busy"
