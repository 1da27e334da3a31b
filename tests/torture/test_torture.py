"""A short run of ``make torture``: one kill for each database. The long one has as many as are asked for."""

from __future__ import annotations

import pytest

from tests.conftest import service
from tests.torture.rounds import torture


@pytest.mark.parametrize(("kind", "part"), [("sqlite", "web"), ("postgresql", "database")])
def test_nothing_acknowledged_is_lost(kind: str, part: str) -> None:
    if kind == "postgresql":
        service("TEST_POSTGRESQL_URL")  # whether its programs are there
    lines: list[str] = []
    torture(kind, 1, lines.append, parts=[part])
    assert len(lines) == 1
