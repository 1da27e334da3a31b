"""The data items of benchmarks: the same in every run and for every product."""

from typing import Any

TAGS = 30
TAGS_OF_AN_ITEM = 3
PIECE = 5_000
"""How many are written at once."""


def item(number: int) -> dict[str, Any]:
    """The columns of an item."""
    n = number
    return {
        "title": f"Item {n}",
        "description": f"What item {n} is about, in a sentence of ordinary length.",
        "content": {"number": n, "price": n / 4, "labels": ["one", "two"], "nested": {"on": n % 2 == 0}},
    }


def tags_of(number: int) -> list[int]:
    """The positions of its tags."""
    return [(number + step * 7) % TAGS for step in range(TAGS_OF_AN_ITEM)]
