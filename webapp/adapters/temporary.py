"""Folders in the system's temporary place, where nothing stays of processes that were killed."""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path


def make_folder(kind: str) -> Path:
    """A new folder that only this process uses, and deletes. Its first one of a ``kind`` deletes those of
    processes that ended without."""
    _sweep(kind)
    return Path(tempfile.mkdtemp(prefix=f"{_prefix(kind)}{os.getpid()}-"))


@lru_cache
def _sweep(kind: str) -> None:
    for folder in Path(tempfile.gettempdir()).glob(f"{_prefix(kind)}*-*"):
        owner = folder.name.removeprefix(_prefix(kind)).split("-")[0]
        if owner.isdecimal() and not _is_alive(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _prefix(kind: str) -> str:
    return f"rangoli-{kind}-"


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's
        pass
    return True
