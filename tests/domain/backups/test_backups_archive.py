"""Archives that are damaged or were made to do harm are refused, and say why."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from webapp.domain.backups import archive as archives
from webapp.domain.backups.archive import (
    Archive,
    ArchiveWriter,
    Manifest,
    TableEntry,
    Unusable,
    check_media_path,
    rows_member,
)
from webapp.domain.backups.files import get_file, list_files, name_for, new_file, prune
from webapp.domain.backups.media import Unpacking, media_paths
from webapp.kernel.clock import utc_now
from webapp.kernel.errors import NotFound, Unavailable

ROWS = b'{"a":1}\n'


def write(path: Path, media: Iterable[str] = ("one.png",)) -> Path:
    """A small sound archive."""
    with new_file(path) as file, ArchiveWriter(file) as archive:
        archive.add(rows_member("things"), [ROWS])
        for name in media:
            archive.add(f"media/{name}", [b"0" * 1000], is_compressed=True)
        tables = {"things": TableEntry(1, "0")}
        archive.finish(Manifest("2026-11-21T00:00:00Z", "sqlite", "0001", tables, True, archive.members))
    return path


def rewrite(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """The archive with its members changed, in an otherwise sound ZIP."""
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, data in members.items():
            new.writestr(name, data)
    return path


def with_manifest(archive: dict[str, bytes], /, **changes: object) -> None:
    archive["manifest.json"] = json.dumps(json.loads(archive["manifest.json"]) | changes).encode()


def add(members: dict[str, bytes], name: str, data: bytes) -> None:
    """A member that the manifest vouches for."""
    manifest = json.loads(members["manifest.json"])
    listed = manifest["members"] | {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}}
    members[name] = data
    with_manifest(members, members=listed)


def reason(path: Path) -> str:
    with pytest.raises(Unusable) as refusal, Archive(path) as archive:
        archive.verify()
    return refusal.value.detail


def test_a_sound_archive_is_taken(tmp_path: Path) -> None:
    with Archive(write(tmp_path / "b.zip")) as archive:
        archive.verify()
        assert list(archive.rows("things")) == [{"a": 1}]


def test_what_is_not_there(tmp_path: Path) -> None:
    assert reason(tmp_path / "none.zip") == "There is no such file."
    assert "not a ZIP" in reason(tmp_path)


@pytest.mark.parametrize("cut", [0.01, 0.3, 0.6, 0.9, 0.999])
def test_half_of_a_file(tmp_path: Path, cut: float) -> None:
    path = write(tmp_path / "b.zip")
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * cut)])
    assert "not all of one" in reason(path)


def test_any_changed_byte_is_found(tmp_path: Path) -> None:
    """Every byte of the media file, and those of the row, one after another."""
    path = write(tmp_path / "b.zip")
    whole = path.read_bytes()
    start = whole.index(b"0" * 1000)
    for position in (start, start + 500, start + 999):
        path.write_bytes(whole[:position] + b"1" + whole[position + 1 :])
        assert "media/one.png" in reason(path)


def test_changed_contents_in_a_sound_zip(tmp_path: Path) -> None:
    path = rewrite(write(tmp_path / "b.zip"), lambda m: m.update({rows_member("things"): b'{"a":2}\n'}))
    assert "tables/things.jsonl is not as it was" in reason(path)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "/etc/evil",
        "a/../../evil",
        "a//b",
        "./a",
        "..",
        "",
        "a\\..\\b",
        "C:\\evil",
        ".hidden",
        "a/.b",
        "new\nline",
        "a/" * 600 + "b",
    ],
)
def test_names_that_lead_elsewhere(tmp_path: Path, name: str) -> None:
    with pytest.raises(Unusable):
        check_media_path(name)
    path = rewrite(write(tmp_path / "b.zip"), lambda members: add(members, f"media/{name}", b"evil"))
    assert reason(path)


def test_a_member_nobody_speaks_of(tmp_path: Path) -> None:
    path = rewrite(write(tmp_path / "b.zip"), lambda members: members.update({"media/other": b""}))
    assert "manifest and the members" in reason(path)


def test_a_member_beside_tables_and_media(tmp_path: Path) -> None:
    path = rewrite(write(tmp_path / "b.zip"), lambda members: add(members, "secret_key", b"x"))
    assert "manifest and the tables" in reason(path)


def test_two_members_of_one_name(tmp_path: Path) -> None:
    path = write(tmp_path / "b.zip")
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as file:
        file.writestr("media/one.png", b"other")
    assert "same name" in reason(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"format": "other"}, "not a backup of Rangoli"),
        ({"format_version": 2}, "format 2"),
        ({"tables": []}, "cannot be read"),
        ({"more": 1}, "cannot be read"),
        ({"members": {}}, "manifest and the members"),
    ],
)
def test_manifests_that_are_not_ours(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    path = rewrite(write(tmp_path / "b.zip"), lambda members: with_manifest(members, **changes))
    assert words in reason(path)


def test_no_manifest(tmp_path: Path) -> None:
    path = rewrite(write(tmp_path / "b.zip"), lambda members: members.pop("manifest.json") and None)
    assert "no manifest" in reason(path)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "EXPANSION_FREE", 10_000)
    path = rewrite(write(tmp_path / "b.zip"), lambda members: add(members, "media/bomb", b"0" * 10_000_000))
    assert path.stat().st_size < 20_000
    assert "far more" in reason(path)


def test_a_size_that_is_a_lie(tmp_path: Path) -> None:
    """The directory says that a member is small, and it unpacks to much more: only so much is read."""
    path = rewrite(write(tmp_path / "b.zip"), lambda members: add(members, "media/bomb", b"0" * 10_000_000))
    data = path.read_bytes()
    path.write_bytes(data.replace(struct.pack("<L", 10_000_000), struct.pack("<L", 100)))
    assert "media/bomb" in reason(path)


def test_an_endless_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "LINE_MAX", 4)
    with Archive(write(tmp_path / "b.zip")) as archive, pytest.raises(Unusable):
        list(archive.rows("things"))


# --- media ----------------------------------------------------------------------------------


def test_links_and_hidden_files_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "media/.parts").mkdir(parents=True)
    (tmp_path / "media/.parts/x").touch()
    (tmp_path / "media/.half").touch()
    (tmp_path / "media/link").symlink_to("/etc/passwd")
    (tmp_path / "media/real").touch()
    assert media_paths(tmp_path / "media") == ["real"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "media/sub").symlink_to(tmp_path / "outside")
    path = write(tmp_path / "b.zip", media=["first", "sub/file"])
    with (
        Archive(path) as archive,
        pytest.raises(Unusable, match="outside"),
        Unpacking(archive, tmp_path / "media") as unpacking,
    ):
        unpacking.place()
    assert list((tmp_path / "outside").iterdir()) == []
    assert not (tmp_path / "media/first").exists()


def test_a_disk_that_is_too_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webapp.domain.backups.media.DISK_MARGIN", 2**60)
    with (
        Archive(write(tmp_path / "b.zip")) as archive,
        pytest.raises(Unavailable, match="room"),
        Unpacking(archive, tmp_path / "media"),
    ):
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


# --- the folder -----------------------------------------------------------------------------


def test_the_oldest_are_thrown_away(tmp_path: Path) -> None:
    names = [f"rangoli-2026010{day}T000000Z-abcd.zip" for day in range(1, 6)]
    for name in (*names, "before-restore-20260101T000000Z-abcd.zip", "mine.zip", "rangoli-now.zip"):
        (tmp_path / name).touch()
    assert prune(tmp_path, 2) == 3
    assert [file.name for file in list_files(tmp_path)] == [
        *reversed(names[3:]),
        "before-restore-20260101T000000Z-abcd.zip",
    ]
    assert (tmp_path / "mine.zip").exists()


@pytest.mark.parametrize("name", ["../b.zip", "mine.zip", "rangoli-20260101T000000Z-abcd.zip", "link"])
def test_only_backups_are_found_by_name(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    write(tmp_path / "b.zip")
    with pytest.raises(NotFound):
        get_file(tmp_path / "folder", name)
    found = name_for(utc_now())
    write(tmp_path / "folder" / found)
    assert get_file(tmp_path / "folder", found).path.is_file()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """/dev/full takes no byte; here the file is cut off by the limit on its size."""
    import resource
    import signal

    old = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, old[1]))
        with pytest.raises(Unavailable, match="could not be written"):
            write(tmp_path / "b.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old)
        signal.signal(signal.SIGXFSZ, handler)
    assert list(tmp_path.iterdir()) == []
