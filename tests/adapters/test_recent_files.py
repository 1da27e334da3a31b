"""Files that were read lately, kept in memory."""

from __future__ import annotations

import os
from pathlib import Path

from webapp.adapters.images.recent_files import SHARE, TOUCHED, RecentFiles

NOW = 1_800_000_000.0


def written(path: Path, data: bytes, age: float = 0) -> str:
    partial = path.with_suffix(".partial")
    partial.write_bytes(data)
    partial.replace(path)
    os.utime(path, (NOW - age, NOW - age))
    return str(path)


def test_a_file_is_read_once_and_again_when_it_is_another(tmp_path: Path) -> None:
    files, path = RecentFiles(1000), written(tmp_path / "a", b"one")
    first = files.read(path, NOW)
    assert first == b"one"
    assert files.read(path, NOW) is first
    written(tmp_path / "a", b"another")
    assert files.read(path, NOW) == b"another"


def test_what_is_gone_is_not_answered_from_memory(tmp_path: Path) -> None:
    files, path = RecentFiles(1000), written(tmp_path / "a", b"one")
    assert files.read(path, NOW)
    Path(path).unlink()
    assert files.read(path, NOW) is None
    assert files.size == 0


def test_memory_has_a_limit_and_the_longest_unused_go_first(tmp_path: Path) -> None:
    files = RecentFiles(SHARE * 10)
    paths = [written(tmp_path / str(n), bytes(10)) for n in range(SHARE + 1)]
    kept = [files.read(path, NOW) for path in paths[:SHARE]]
    assert files.read(paths[0], NOW) is kept[0]
    files.read(paths[SHARE], NOW)
    assert files.size == SHARE * 10
    assert files.read(paths[0], NOW) is kept[0]
    assert files.read(paths[1], NOW) is not kept[1]


def test_a_large_file_drives_nothing_out(tmp_path: Path) -> None:
    files = RecentFiles(SHARE * 10)
    small = files.read(written(tmp_path / "small", bytes(10)), NOW)
    assert files.read(written(tmp_path / "large", bytes(11)), NOW) == bytes(11)
    assert files.size == 10
    assert files.read(str(tmp_path / "small"), NOW) is small


def test_a_file_is_marked_as_read_once_an_hour(tmp_path: Path) -> None:
    files, path = RecentFiles(1000), written(tmp_path / "a", b"one", age=TOUCHED - 1)
    files.read(path, NOW)
    assert os.stat(path).st_mtime == NOW - TOUCHED + 1
    written(tmp_path / "a", b"one", age=TOUCHED + 1)
    files.read(path, NOW)
    assert os.stat(path).st_mtime == NOW
