"""The turns of those who write to a SQLite database."""

from __future__ import annotations

import errno
import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from webapp.kernel import writers
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


def test_where_files_know_no_locks_a_process_still_takes_turns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(fcntl, "flock", refuse)
    turns = Writers(str(tmp_path / "some.db"))
    for _ in range(2):
        assert turns.take_turn(0)
        assert not turns.take_turn(0.01)
        turns.end_turn()


def test_who_is_interrupted_while_it_waits_has_no_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    one, other = (Writers(str(tmp_path / "some.db")) for _ in range(2))
    assert one.take_turn(0)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(writers, "sleep", interrupt)
        other.take_turn(20)
    one.end_turn()
    assert other.take_turn(0)


def test_a_fork_has_turns_of_its_own(tmp_path: Path) -> None:
    turns = Writers(str(tmp_path / "some.db"))
    assert turns.take_turn(0)
    child = os.fork()
    if not child:
        os._exit(int(turns.take_turn(0.01)))  # the parent has the file
    assert os.waitpid(child, 0)[1] == 0
    turns.end_turn()
    child = os.fork()
    if not child:
        os._exit(int(not turns.take_turn(0.01)))
    assert os.waitpid(child, 0)[1] == 0


@pytest.mark.parametrize("database", [None, ":memory:", "no such folder/some.db"])
def test_where_no_file_can_be_locked_a_process_still_takes_turns(
    tmp_path: Path, database: str | None
) -> None:
    turns = Writers(f"{tmp_path}/{database}" if database and "/" in database else database)
    assert turns.take_turn(0)
    assert not turns.take_turn(0.01)
    turns.end_turn()
    assert turns.take_turn(0)
    assert list(tmp_path.iterdir()) == []
