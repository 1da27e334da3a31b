"""Temporary folders: private, and gone with their process in the end."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from webapp.adapters.temporary import _sweep, make_folder


def test_folders_of_processes_that_ended_are_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    _sweep.cache_clear()
    with subprocess.Popen(["true"]) as ended:
        pass
    left = tmp_path / f"rangoli-image-{ended.pid}-x"
    others = [
        tmp_path / f"rangoli-image-{os.getpid()}-x",
        tmp_path / f"rangoli-chromium-{ended.pid}-x",
        tmp_path / "rangoli-image-x-y",
    ]
    for folder in (left, *others):
        folder.mkdir()
        (folder / "source").write_text("x")
    made = make_folder("image")
    assert (left.exists(), [folder.exists() for folder in others]) == (False, [True] * 3)
    assert made.parent == tmp_path and made.stat().st_mode & 0o077 == 0
