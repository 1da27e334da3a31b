"""A short run of ``make torture``: one kill. The long one has as many as are asked for, on both databases."""

from __future__ import annotations

import pytest

from tests.torture.rounds import torture


@pytest.mark.parametrize(("kind", "part"), [("sqlite", "web")])
def test_nothing_acknowledged_is_lost(kind: str, part: str) -> None:
    lines: list[str] = []
    torture(kind, 1, lines.append, parts=[part], short=True)
    assert len(lines) == 1
