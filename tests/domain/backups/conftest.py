"""An installation with something of everything in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.api.entries import PROJECT as ONE_PROJECT
from tests.conftest import MakeUser
from webapp.domain.accounts.models import User
from webapp.domain.content.commands import create_entry, trash_entry, update_entry
from webapp.domain.content.content_types import DATA, PROJECT
from webapp.domain.settings.commands import update_settings
from webapp.domain.themes.commands import create_theme, delete_theme
from webapp.domain.themes.presets import PRESETS
from webapp.kernel.work import Work


@pytest.fixture
def furnished(app: Flask, make_user: MakeUser, work: Callable[..., Work]) -> Callable[..., Work]:
    """``work`` on a database with rows of every kind, odd ones among them."""
    first = make_user("admin", name="aaa")
    second = make_user("member", name="zoë")
    now = work()
    # Each refers to the other, so that no order of rows is right.
    for one, other in ((first, second), (second, first)):
        user = now.session.get_one(User, one.id)
        user.reviewed_by, user.reviewed_at = other.id, now.now
    update_settings(now, {"site_name": "Rángoli “ш” 🪔"})
    create_theme(now, {"name": "Kept", **PRESETS[0].document})
    gone = create_theme(now, {"name": "Gone", **PRESETS[1].document})
    delete_theme(now, gone.id)
    odd = {"z": 1, "a": [1.0, 1e22, -0.0, 2**53, None, "\u2028"], "": {}}
    create_entry(now, DATA, {"title": "दीवाली lamps", "content": odd, "tags": ["News", "Ärger"]})
    create_entry(now, DATA, {"title": "Draft", "content": {}}, draft=True)
    create_entry(now, PROJECT, {**ONE_PROJECT, "id": "p-1", "title": "Quilt's \\ 'pattern'"})
    update_entry(now, PROJECT, "p-1", {"title": "Quilt of winter"}, draft=True)
    last = create_entry(now, DATA, {"title": "Trash", "content": {}})
    trash_entry(now, DATA, last.entry_id)
    now.session.commit()
    return work


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A folder with two media files."""
    folder = tmp_path / "media"
    (folder / "image/2026").mkdir(parents=True)
    (folder / "image/2026/one.webp").write_bytes(b"one" * 100_000)
    (folder / "two.png").write_bytes(b"\x00\xff")
    return folder
