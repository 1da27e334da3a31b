"""Rows that people put into an order: with scripts by dragging or with buttons, without by one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from wtforms import StringField

from webapp.console.forms import Form

Key = TypeVar("Key")


class OrderForm(Form):
    """``ids``, from the first to the last, and a row to ``move`` a place; each page says what its ids are."""

    move = StringField()

    def order(self) -> list[Any]:
        """The ids with the row moved that a button of the page asks for."""
        return moved(self["ids"].data or [], self.move.data or "")


def moved(ids: Sequence[Key], move: str) -> list[Key]:
    """The ids with one of them a place up or down: ``up-7``, ``down-7``; anything else moves nothing."""
    direction, _, key = move.partition("-")
    found = list(ids)
    place = next((place for place, each in enumerate(found) if str(each) == key), None)
    other = {"up": -1, "down": 1}.get(direction, 0) + (place or 0)
    if place is not None and 0 <= other < len(found):
        found[place], found[other] = found[other], found[place]
    return found
