"""The bundle: from one installation to another and back without loss; what is decided of each record."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.api.entries import SAMPLES
from tests.conftest import MakeInstallation, Person
from tests.designs import design
from tests.installations import Installation
from tests.pictures import encoded, photo, picture
from webapp.domain.bundles.archive import Bundle
from webapp.domain.bundles.commands import drop_files, export_bundle, import_bundle, take_files
from webapp.domain.bundles.registry import parts
from webapp.domain.bundles.reports import BundleReport
from webapp.domain.cards.categories import create_category
from webapp.domain.cards.festival_parts import enter_date
from webapp.domain.cards.festivals import add_image, create_festival
from webapp.domain.cards.templates import create_template, feature_template
from webapp.domain.content.commands import create_entry, trash_entry, update_entry
from webapp.domain.content.content_types import DATA, EXPERIENCE, PROJECT
from webapp.domain.content.kinds import create_kind
from webapp.domain.content.models import Entry
from webapp.domain.content.publication import schedule_entry
from webapp.domain.content.tags import create_tag
from webapp.domain.gallery.commands import create_design
from webapp.domain.gallery.models import DesignEdition
from webapp.domain.media.commands import delete_media, update_media
from webapp.domain.media.uploads import Announced, UploadLimits, upload_image
from webapp.domain.settings.commands import update_settings
from webapp.domain.themes.commands import activate_theme, create_theme, update_theme
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.extensions import db
from webapp.kernel.clock import rfc3339, utc_now
from webapp.kernel.errors import Denied, Invalid
from webapp.kernel.work import SYSTEM, Work
from webapp.ports import Storage
from webapp.web import commit_work

BeginWork = Callable[..., Work]
Records = dict[str, list[tuple[str, dict[str, Any]]]]


def fill(work: Work) -> None:
    """Something of every part and every standing."""
    update_settings(work, {"site_name": "Shop of lamps"})
    theme = create_theme(work, {"name": "दीपावली", **DEFAULT_DOCUMENT})
    update_theme(work, theme.id, {"colors": {"primary": "#92400e"}}, publish=False, message="Darker")
    activate_theme(work, theme.id)
    create_kind(work, {"name": "lamp", "label": "Lamp", "schema": {"type": "object", "required": ["price"]}})
    create_tag(work, {"name": "Unused"})
    fill_cards(work)
    gone = create_entry(work, DATA, {"title": "Gone", "content": {}})
    trash_entry(work, DATA, gone.key)
    lamp = create_entry(
        work, DATA, {"title": "A lamp", "kind": "lamp", "content": {"price": 9.5}, "tags": ["Red", "new"]}
    )
    update_entry(work, DATA, lamp.key, {"title": "A brighter lamp", "tags": ["Red"]}, draft=True)
    later = create_entry(work, DATA, {"title": "Later", "content": {"ü": None}}, draft=True)
    times = {"publish_at": "2090-03-22T06:00:00", "unpublish_at": "2090-03-25T00:00:00"}
    schedule_entry(work, DATA, later.key, {**times, "time_zone": "Asia/Kolkata"})
    update_entry(work, DATA, later.key, {"title": "Later still"}, draft=True)
    create_entry(work, PROJECT, SAMPLES["projects"])
    create_entry(work, EXPERIENCE, {**SAMPLES["experiences"], "id": "é no"})


def fill_cards(work: Work) -> None:
    """A festival with days, images and words, and a featured template of a category."""
    festival = create_festival(
        work,
        {"name": "Diwali", "messages": {"hi": "शुभ दीपावली"}, "colors": ["#fde047"], "country": "India"},
    )
    enter_date(work, festival.id, {"date_start": "2030-10-26", "date_end": "2030-10-27"})
    for name in ("a", "b"):
        add_image(work, festival.id, {"image_url": f"/media/{name}.png", "is_primary": name == "b"})
    category = create_category(work, {"name": "Lamps", "sort_order": 3})
    fields = {"name": "Lamp", "template_code": "<p>{{ title }}</p>", "tags": ["oil"]}
    template = create_template(work, {**fields, "category_id": str(category.id)})
    feature_template(work, template.id, True)
    create_template(work, {**fields, "name": "Mine alone", "is_public": False})


def fill_images(installation: Installation) -> str:
    """An image that somebody has said something of, and a design of it; its key."""
    ports = installation.app.ports
    with working(installation) as work:
        said, limits = Announced("designs", "kolam.jpg", "A kolam"), UploadLimits(10**7, 10**8)
        media, _ = upload_image(work, lambda: work, ports, [photo(quality=70)], said, limits)
        update_media(work, media.object_key, {"tags": ["floor"], "focal_x": 0.25})
        create_design(work, design("Kolam", r2_object_key=media.object_key))
        return media.object_key


def packed(work: Work, storage: Storage | None = None) -> bytes:
    file = io.BytesIO()
    export_bundle(work, file, storage)
    return file.getvalue()


def opened(data: bytes) -> Bundle:
    return Bundle(io.BytesIO(data))


def records(data: bytes) -> Records:
    """What a bundle holds, without when it was changed."""
    bundle = opened(data)
    return {name: [(item.key, item.record) for item in bundle.items(name)] for name in bundle.counts}


@contextmanager
def working(installation: Installation) -> Iterator[Work]:
    with installation.app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        yield work
        commit_work(work)
        db.session.remove()


def actions(report: BundleReport) -> dict[str, int]:
    return {action: count for action, count in report.counts.items() if count}


@pytest.mark.parametrize("kinds", [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_from_one_installation_to_another_and_back(
    make_installation: MakeInstallation, kinds: tuple[str, str]
) -> None:
    first, second = map(make_installation, kinds)
    try:
        with working(first) as work:
            fill(work)
        key = fill_images(first)
        with working(first) as work:
            original = packed(work, first.app.ports.storage)
        with working(second) as work:
            tried = take_files(work, opened(original), second.app.ports, dry_run=True)
            plan = import_bundle(work, opened(original), dry_run=True, looked=tried)
            assert [o.action.value for o in plan.outcomes if o.part == "media"] == ["create"]
            assert not list(second.app.ports.storage.list("designs/"))
        with working(second) as work:
            looked = take_files(work, opened(original), second.app.ports)
            report = import_bundle(work, opened(original), looked=looked)
            assert report.is_written
            assert set(actions(report)) == {"create", "update", "same"}
        stored = [b"".join(each.app.ports.storage.get(key)) for each in (first, second)]
        assert stored[0] == stored[1]
        with working(second) as work:
            copy = packed(work, second.app.ports.storage)
            assert records(copy) == records(original)
            assert opened(copy).file(key) == stored[0]
            assert work.session.scalar(select(DesignEdition.media_id)) is not None
            assert actions(import_bundle(work, opened(original), dry_run=True)).keys() == {"same"}
            later = create_entry(work, DATA, {"title": "Made there", "content": {}})
        with working(second) as work:
            grown = packed(work)
        with working(first) as work:
            report = import_bundle(work, opened(grown))
            assert {outcome.key: outcome.action.value for outcome in report.changes} == {
                str(later.key): "create"
            }
        with working(first) as work:
            assert records(packed(work)) == records(grown)
    finally:
        first.close()
        second.close()


@pytest.mark.one_database
def test_a_file_that_is_not_what_the_record_says_is_not_kept(
    installation: Installation, work: BeginWork
) -> None:
    key = fill_images(installation)
    ports = installation.app.ports
    data = packed(work(), ports.storage)
    delete_media(work(), key)
    ports.storage.delete(key)
    work().session.commit()
    other = encoded(picture(), "PNG")
    for body, words in ((b"no image", ""), (other, "another image"), (None, "damaged")):
        bundle = opened(with_file(data, key, body))
        looked = take_files(work(), bundle, ports)
        report = import_bundle(work(), bundle, looked=looked)
        (wrong,) = [outcome for outcome in report.outcomes if outcome.action.value == "error"]
        assert (wrong.part, wrong.key, words in str(wrong.reason)) == ("media", key, True)
        assert not list(ports.storage.list("designs/"))
    missing = import_bundle(work(), opened(data), dry_run=True)
    assert [o.action.value for o in missing.outcomes if o.part == "media"] == ["missing"]
    taken = take_files(work(), opened(data), ports)
    drop_files(ports.storage, taken)
    assert not list(ports.storage.list("designs/"))


def with_file(data: bytes, key: str, body: bytes | None) -> bytes:
    """A bundle with another file under ``key``; None for bytes that the manifest does not tell of."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as copy:
        manifest = json.loads(archive.read("manifest.json"))
        if body is not None:
            manifest["files"][key] = hashlib.sha256(body).hexdigest()
        for name in archive.namelist():
            found = json.dumps(manifest).encode() if name == "manifest.json" else archive.read(name)
            copy.writestr(name, (body or b"x") if name == f"files/{key}" else found)
    return out.getvalue()


def test_no_person_and_no_secret_is_in_it(work: BeginWork, admin: Person) -> None:
    fill(work(admin.actor))
    data = packed(work(admin.actor))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        everything = b"\n".join(archive.read(name) for name in archive.namelist())
        assert set(archive.namelist()) == {"manifest.json", *(f"{name}.jsonl" for name in parts())}
    for word in (str(admin.id), admin.email, admin.username, "password", "secret"):
        assert word.encode() not in everything


def test_create_same_update_conflict(work: BeginWork) -> None:
    keys = [create_entry(work(), DATA, {"title": title, "content": {}}).key for title in "abc"]
    old = packed(work())
    update_entry(work(), DATA, keys[1], {"title": "b changed here"})
    moment = utc_now() - timedelta(hours=1)
    work().session.execute(
        update(Entry).where(Entry.id == keys[2]).values(updated_at=moment, time_zone="UTC")
    )
    work().session.expire_all()
    entry = work().session.scalars(select(Entry).where(Entry.id == keys[0])).one()
    work().session.delete(entry)
    work().session.flush()
    plan = import_bundle(work(), opened(old), dry_run=True)
    found = {outcome.key: outcome.action.value for outcome in plan.outcomes if outcome.part == "data"}
    assert found == {str(keys[0]): "create", str(keys[1]): "conflict", str(keys[2]): "update"}
    assert work().session.get(Entry, keys[0]) is None, "a dry run writes nothing"
    done = import_bundle(work(), opened(old))
    assert (done.is_written, done.counts["create"], done.counts["conflict"]) == (True, 1, 1)
    assert dict(records(packed(work()))["data"])[str(keys[1])] != dict(records(old)["data"])[str(keys[1])]
    replaced = import_bundle(work(), opened(old), replace=True)
    assert [outcome.key for outcome in replaced.changes] == [str(keys[1])]
    assert records(packed(work())) == records(old)


def test_one_wrong_record_and_nothing_is_written(work: BeginWork) -> None:
    create_entry(work(), DATA, {"title": "a", "content": {}})
    data = changed(
        packed(work()), lambda lines: [line.replace('"title":"a"', '"title":""') for line in lines]
    )
    before = records(packed(work()))
    report = import_bundle(work(), opened(data), replace=True)
    assert not report.is_written
    (wrong,) = [outcome for outcome in report.outcomes if outcome.action.value == "error"]
    assert (wrong.part, "/title" in str(wrong.reason)) == ("data", True)
    assert records(packed(work())) == before


def test_a_number_that_something_else_has(work: BeginWork) -> None:
    key = create_entry(work(), DATA, {"title": "a", "content": {}}).key
    data = packed(work())
    trash_entry(work(), DATA, key)
    report = import_bundle(work(), opened(data), replace=True)
    assert [outcome.reason for outcome in report.changes] == ["Here something in the trash has this number."]


def changed(data: bytes, change: Callable[[list[str]], list[str]], part: str = "data") -> bytes:
    """A bundle with other lines in one part, and a manifest that fits."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(out, "w") as copy:
        manifest = json.loads(archive.read("manifest.json"))
        for name in archive.namelist():
            body = archive.read(name)
            if name == f"{part}.jsonl":
                body = "\n".join(change(body.decode().splitlines())).encode()
                manifest["parts"][part]["sha256"] = hashlib.sha256(body).hexdigest()
            if name != "manifest.json":
                copy.writestr(name, body)
        copy.writestr("manifest.json", json.dumps(manifest))
    return out.getvalue()


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            archive.writestr(name.replace("_json", ".json"), body)
    return out.getvalue()


MANIFEST = {"format": "rangoli-bundle", "version": 1, "parts": {}}
UNKNOWN = {"people": {"count": 1, "sha256": ""}}
EMPTY = {"tags": {"count": 1, "sha256": ""}}


@pytest.mark.one_database
@pytest.mark.parametrize(
    "data",
    [
        b"no zip",
        zipped(x=b""),
        zipped(manifest_json=b"{"),
        zipped(manifest_json=b"[]"),
        zipped(manifest_json=json.dumps({**MANIFEST, "version": 2}).encode()),
        zipped(manifest_json=json.dumps({**MANIFEST, "parts": {"tags": 1}}).encode()),
        zipped(manifest_json=json.dumps({**MANIFEST, "parts": UNKNOWN}).encode()),
        zipped(manifest_json=json.dumps({**MANIFEST, "parts": EMPTY}).encode()),
        zipped(manifest_json=json.dumps({**MANIFEST, "parts": EMPTY}).encode(), **{"tags.jsonl": b"{}"}),
    ],
)
def test_what_is_no_bundle_is_refused(work: BeginWork, data: bytes) -> None:
    with pytest.raises(Invalid):
        import_bundle(work(), opened(data))


@pytest.mark.one_database
@pytest.mark.parametrize(
    "line", ["{}", "[1]", '{"key": 1, "record": {}, "changed_at": null}', "x", '{"key":"1"}']
)
def test_lines_that_are_no_records(work: BeginWork, line: str) -> None:
    data = changed(packed(work()), lambda _: [line], part="tags")
    with pytest.raises(Invalid):
        import_bundle(work(), opened(data))


@pytest.mark.one_database
@pytest.mark.parametrize("part", [name for name in parts() if name not in ("media", "designs")])
def test_records_that_are_nothing(work: BeginWork, part: str) -> None:
    line = json.dumps({"key": "7", "record": {"x": 1}, "changed_at": rfc3339(utc_now())})
    report = import_bundle(work(), opened(changed(packed(work()), lambda _: [line], part=part)), replace=True)
    assert not report.is_written
    assert report.counts["error"] == 1


def test_bundles_are_for_admins(work: BeginWork, editor: Person) -> None:
    data = packed(work())
    with pytest.raises(Denied):
        export_bundle(work(editor.actor), io.BytesIO())
    with pytest.raises(Denied):
        import_bundle(work(editor.actor), opened(data))
