"""Bundles that somebody has meddled with: whatever stands in a record, it is taken over or called wrong."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import MakeInstallation
from tests.domain.bundles.test_bundles import MANIFEST, fill, fill_images, opened, packed, working, zipped
from tests.installations import Installation
from webapp.domain.bundles.archive import Bundle
from webapp.domain.bundles.commands import import_bundle
from webapp.domain.bundles.records import Item
from webapp.domain.bundles.registry import parts

pytestmark = pytest.mark.one_database
WRONG = ("", "\x00", [None])
WRONG_KEYS = ("", "\x00", "x" * 5000)
Path = tuple[str | int, ...]


@pytest.fixture(scope="module")
def filled(make_installation: MakeInstallation) -> Iterator[tuple[Installation, Bundle]]:
    """An installation with something of everything, and its bundle."""
    installation = make_installation("sqlite")
    with working(installation) as work:
        fill(work)
    fill_images(installation)
    with working(installation) as work:
        bundle = opened(packed(work))
    yield installation, bundle
    installation.close()


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where something can stand in a record."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*path, name)
        yield from places(each, (*path, name))


def changed(value: Any, path: Path, new: Any) -> Any:
    value = place = copy.deepcopy(value)
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = new
    return value


def bundle_of(part: str, *lines: dict[str, Any]) -> Bundle:
    """A bundle with nothing but some records of a part."""
    body = "\n".join(map(json.dumps, lines)).encode()
    described = {part: {"count": len(lines), "sha256": hashlib.sha256(body).hexdigest()}}
    manifest = json.dumps({**MANIFEST, "parts": described}).encode()
    return opened(zipped(manifest_json=manifest, **{f"{part}.jsonl": body}))


def line_of(item: Item) -> dict[str, Any]:
    return {"key": item.key, "changed_at": None, "record": item.record}


@pytest.mark.parametrize("part", parts())
def test_whatever_stands_in_a_record(filled: tuple[Installation, Bundle], part: str) -> None:
    installation, bundle = filled
    sent = max(map(line_of, bundle.items(part)), key=lambda line: len(json.dumps(line)))
    for path in (("key",), *places(sent["record"], ("record",))):
        for wrong in WRONG_KEYS if path == ("key",) else WRONG:
            line = changed(sent, path, wrong)
            with working(installation) as work:
                report = import_bundle(work, bundle_of(part, line), replace=True)
                (outcome,) = report.outcomes
                assert report.is_written == (outcome.action.value != "error"), (path, wrong)
                if report.is_written:
                    packed(work)
                work.session.rollback()


@pytest.mark.parametrize(
    ("part", "key"),
    [
        *(("themes", key) for key in ("active", "a/b", "", "A b", "x" * 65)),
        *((part, key) for part in ("festivals", "template_categories", "templates") for key in ("a/b", "A")),
        ("active_theme", "another"),
    ],
)
def test_a_key_that_is_no_slug(filled: tuple[Installation, Bundle], part: str, key: str) -> None:
    installation, bundle = filled
    record = next(bundle.items(part)).record
    record = record if "name" not in record else {**record, "name": "Another"}
    with working(installation) as work:
        report = import_bundle(work, bundle_of(part, {"key": key, "changed_at": None, "record": record}))
        work.session.rollback()
    assert [outcome.action.value for outcome in report.outcomes] == ["error"]


def test_a_template_of_a_category_that_is_nowhere(filled: tuple[Installation, Bundle]) -> None:
    installation, bundle = filled
    line = changed(line_of(next(bundle.items("templates"))), ("record", "category"), "nowhere")
    with working(installation) as work:
        (outcome,) = import_bundle(work, bundle_of("templates", line), replace=True).outcomes
        work.session.rollback()
    assert outcome.reason is not None
    assert "Category" in outcome.reason
