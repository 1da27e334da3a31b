"""Very many records: checked while others write, written in a few statements, all of them or none."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select

from tests.api.entries import SAMPLES
from webapp.domain.audit.models import AuditEvent
from webapp.domain.bundles.archive import Bundle, write_bundle
from webapp.domain.bundles.commands import carry_out, export_bundle, import_bundle, plan_bundle
from webapp.domain.bundles.records import Item
from webapp.domain.content.commands import create_entry, update_entry
from webapp.domain.content.content_types import DATA, PROJECT
from webapp.domain.content.history import list_revisions
from webapp.domain.content.kinds import create_kind, update_kind
from webapp.domain.content.models import Entry, Tag
from webapp.domain.content.queries import get_entry
from webapp.domain.jobs.models import Job
from webapp.domain.media.models import Media, MediaColor
from webapp.domain.webhooks.commands import create_webhook
from webapp.domain.webhooks.models import WebhookDelivery
from webapp.extensions import db
from webapp.kernel.clock import rfc3339, utc_now
from webapp.kernel.db import looking_ahead
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work
from webapp.ports import Picture

BeginWork = Callable[..., Work]
NUMBERS = {"type": "object", "properties": {"price": {"type": "number"}}}


def bundle(parts: dict[str, list[Item]]) -> Bundle:
    file = io.BytesIO()
    write_bundle(file, parts, utc_now())
    return Bundle(file)


def packed(work: Work) -> Bundle:
    file = io.BytesIO()
    export_bundle(work, file)
    return Bundle(file)


def entry(key: str, title: str, *, moment: Any = None, **changes: Any) -> Item:
    """A published data item or design as a record; ``changes`` are to the record or to its state."""
    moment = moment or utc_now()
    state = {"document": {"title": title, "content": {}}, "tags": [], "message": None}
    state |= {"saved_at": rfc3339(moment)} | {name: changes.pop(name) for name in state if name in changes}
    record = {"created_at": rfc3339(moment), "time_zone": None, "states": [state], "latest": 0, "live": 0}
    record |= {"live_since": rfc3339(moment), "scheduled": None, "publish_at": None, "unpublish_at": None}
    return Item(key, record | changes, moment)


@contextmanager
def statements(work: Work) -> Iterator[list[str]]:
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found.append(statement)

    engine = work.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_hundreds_of_records_take_a_few_statements(work: BeginWork) -> None:
    now = work()
    create_webhook(now, {"name": "W", "url": "https://example.org/", "events": ["data"]})
    moment = utc_now() - timedelta(hours=1)
    for title in ("Made", "Changed"):
        moment += timedelta(hours=2)
        tags = [["Red", f"t{number % 7}"] for number in range(200)]
        items = [entry(str(n + 1), f"{title} {n}", moment=moment, tags=tags[n]) for n in range(200)]
        names = [Item(f"t{number}", {"name": f"t{number}"}) for number in range(7)]
        with statements(now) as run:
            report = import_bundle(now, bundle({"tags": names, "data": items}))
        assert report.is_written
        told = [each for each in run if not each.startswith("INSERT")]
        assert len(told) < 60, told
    assert get_entry(now, DATA, 200, draft=True).document["title"] == "Changed 199"
    assert [tag.name for tag in get_entry(now, DATA, 200, draft=True).tags] == ["Red", "t3"]
    assert list_revisions(now, DATA, 200, PageRequest()).total == 2
    taken = select(func.count()).where(AuditEvent.action == "data.take_over")
    assert now.session.scalar(taken) == 400
    assert now.session.scalar(select(func.count()).select_from(WebhookDelivery)) == 400
    assert int(create_entry(now, DATA, {"title": "Next", "content": {}}).key) > 200


def test_the_check_waits_for_no_writer_and_what_others_do_after_it_is_seen(work: BeginWork) -> None:
    now = work()
    key = create_entry(now, DATA, {"title": "Kept", "content": {}, "tags": ["Hot"]}).key
    create_entry(now, PROJECT, SAMPLES["projects"])
    found = packed(now)
    now.session.execute(delete(Entry).where(Entry.key.is_not(None)))
    update_entry(now, DATA, key, {"title": "Mine"})
    now.session.execute(delete(Tag))
    now.session.commit()
    with db.engine.begin(), looking_ahead(db.session()) as session:  # somebody writes meanwhile
        planned = plan_bundle(Work(session, now.actor, utc_now()), found, replace=True)
    assert planned.report(is_written=False).counts | {"create": 2, "update": 1, "error": 0} == (
        planned.report(is_written=False).counts
    )
    create_entry(now, PROJECT, {**SAMPLES["projects"], "title": "Theirs"})
    update_entry(now, DATA, key, {"title": "Theirs", "tags": ["HOT"]})
    report = carry_out(work(), planned)
    assert (report.is_written, report.counts["create"], report.counts["update"]) == (True, 0, 3)
    assert get_entry(now, DATA, key, draft=True).document["title"] == "Kept"
    assert [tag.name for tag in get_entry(now, DATA, key, draft=True).tags] == ["Hot"]
    assert list_revisions(now, DATA, key, PageRequest()).total == 4
    assert list_revisions(now, PROJECT, SAMPLES["projects"]["id"], PageRequest()).total == 2


def test_a_kind_that_was_changed_after_the_check(work: BeginWork) -> None:
    now = work()
    create_kind(now, {"name": "dish", "label": "Dish", "schema": {"type": "object"}})
    dish = {"title": "T", "kind": "dish", "content": {"price": "high"}}
    planned = plan_bundle(now, bundle({"data": [entry("1", "T", document=dish), entry("2", "Other")]}))
    update_kind(now, "dish", {"schema": NUMBERS})
    report = carry_out(now, planned)
    assert [outcome.action.value for outcome in report.outcomes] == ["error", "create"]
    assert "/content/price" in str(report.outcomes[0].reason)
    assert not report.is_written
    assert now.session.scalar(select(func.count()).select_from(Entry)) == 0


def test_a_look_tells_every_error_that_the_take_over_would(work: BeginWork) -> None:
    now = work()
    dish = {"title": "T", "kind": "dish", "content": {"price": "high"}}
    design = {"title": "T", "category": "c", "r2_object_key": "designs/2026/01/20260101000000_" + "0" * 32}
    wrong = [
        entry("1", "Of a kind that comes with it", document=dish),
        entry("2", "T", message="x" * 300),
        entry("3", "T", time_zone="Europe/Nowhere"),
        entry("4", "T", latest=None),
        entry("5", "T", live_since=None),
        entry("6", "T", latest=3),
        entry("7", ""),
    ]
    right = [entry("8", "Right", tags=["RED"]), entry("9", "T", document={**dish, "content": {"price": 1}})]
    parts = {
        "settings": [Item("site_name", {"value": 7})],
        "kinds": [Item("dish", {"label": "Dish", "schema": NUMBERS})],
        "tags": [Item("red", {"name": "RED"}), Item("blue", {"name": "Green"}), Item("", {"name": " "})],
        "data": [*wrong, *right, entry("08", "Twice")],
        "designs": [entry("8", "T", document={**design, "r2_object_key": design["r2_object_key"] + ".png"})],
    }
    tried, done = [import_bundle(now, bundle(parts), dry_run=dry_run) for dry_run in (True, False)]
    assert tried.outcomes == done.outcomes
    assert not done.is_written
    told = {(o.part, o.key): str(o.reason) for o in tried.outcomes if o.action == "error"}
    assert told.keys() == {
        *(("settings", "site_name"), ("tags", "blue"), ("tags", ""), ("data", "08"), ("designs", "8")),
        *(("data", item.key) for item in wrong),
    }
    assert "/content/price" in told["data", "1"]
    assert now.session.scalar(select(func.count()).select_from(Entry)) == 0
    parts["settings"], parts["tags"] = [], parts["tags"][:1]
    parts["data"], parts["designs"] = right, []
    assert import_bundle(now, bundle(parts)).is_written
    assert [tag.name for tag in get_entry(now, DATA, 8, draft=True).tags] == ["RED"]


def test_a_tag_that_is_spelled_otherwise_changes_no_entry(work: BeginWork) -> None:
    now = work()
    create_entry(now, DATA, {"title": "T", "content": {}, "tags": ["Red"]})
    found = packed(now)
    now.session.execute(Tag.__table__.update().values(name="RED"))
    report = import_bundle(now, found)
    assert {(o.part, o.key): o.action.value for o in report.changes} == {("tags", "red"): "update"}
    assert [tag.name for tag in get_entry(now, DATA, 1, draft=True).tags] == ["Red"]


@pytest.mark.one_database
def test_hundreds_of_images_take_a_few_statements(work: BeginWork) -> None:
    now, moment = work(), utc_now() + timedelta(hours=1)
    keys = [f"designs/2026/01/20260101000000_{number:032x}.png" for number in range(60)]
    picture = Picture(b"", "png", "image/png", "0" * 64, 4, 3, "", ["#ff0000", "#00ff00"])
    file = {"category": "designs", "filename": "a.png", "source_type": "image/png", "size": 9}
    file |= {"width": 4, "height": 3, "content_hash": "0" * 64, "created_at": rfc3339(moment)}

    def images(alt_text: str) -> Bundle:
        said = {"alt_text": alt_text, "tags": ["floor"], "focal_x": 0.25, "focal_y": 0.5}
        return bundle({"media": [Item(key, {**file, **said}, moment) for key in keys]})

    looked = {"media": dict.fromkeys(keys[1:], picture)}
    first, second = (plan_bundle(now, images("A kolam"), looked=looked) for _ in range(2))
    with statements(now) as run:
        report = carry_out(now, first)
        assert (report.counts["create"], report.counts["missing"]) == (59, 1)
        assert carry_out(now, second).counts["same"] == 59
        assert import_bundle(now, images("A lamp")).counts["update"] == 59
    told = [each for each in run if not each.startswith("INSERT")]
    assert len(told) < 40, told
    assert set(now.session.scalars(select(Media.alt_text))) == {"A lamp"}
    assert now.session.scalar(select(func.count()).select_from(MediaColor)) == 118
    variants = select(func.count()).where(Job.kind == "media.make_variants")
    assert now.session.scalar(variants) == 59
    wrong = import_bundle(now, images("x" * 501))
    assert (wrong.counts["error"], wrong.is_written) == (59, False)
