"""The turns of those who write to a SQLite database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webapp.kernel.writers import Writers


def test_processes_write_one_after_the_other(tmp_path: Path) -> None:
    one, other = (Writers(str(tmp_path / "some.db")) for _ in range(2))
    assert one.take_turn(0)
    assert not other.take_turn(0.01)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(other.take_turn, 20)
        one.end_turn()
        assert waiting.result(20)
    assert not one.take_turn(0.01), "the other writes"
    other.end_turn()
    assert one.take_turn(0)


def test_who_waited_in_vain_keeps_nobody_of_its_own_process_waiting(tmp_path: Path) -> None:
    one, other = (Writers(str(tmp_path / "some.db")) for _ in range(2))
    assert one.take_turn(0)
    assert not other.take_turn(0.01)
    one.end_turn()
    assert other.take_turn(0)


@pytest.mark.parametrize("database", [None, ":memory:", "no such folder/some.db"])
def test_where_no_file_can_be_locked_a_process_still_takes_turns(
    tmp_path: Path, database: str | None
) -> None:
    writers = Writers(f"{tmp_path}/{database}" if database and "/" in database else database)
    assert writers.take_turn(0)
    assert not writers.take_turn(0.01)
    writers.end_turn()
    assert writers.take_turn(0)
    assert list(tmp_path.iterdir()) == []
