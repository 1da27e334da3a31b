"""Importing tables: written in few statements, and yet the same as one by one; all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from tests.conftest import Person
from webapp.app import Rangoli
from webapp.domain.audit.models import AuditEvent
from webapp.domain.content import history, publication
from webapp.domain.content.commands import create_entry, trash_entry, update_entry
from webapp.domain.content.content_types import DATA, DESIGN, PROJECT, ContentType
from webapp.domain.content.exchange_jobs import import_file
from webapp.domain.content.exchange_requests import keep_file, request_import
from webapp.domain.content.importing import carry_out, import_table, plan_rows
from webapp.domain.content.items import create_item, update_item
from webapp.domain.content.kinds import create_kind, update_kind
from webapp.domain.content.models import ContentRevision, Edition, EditionTag, Entry, Item, ItemRevision, Tag
from webapp.domain.content.plans import Plan
from webapp.domain.content.queries import Filters, get_entry, list_entries
from webapp.domain.content.subjects import SUBJECTS
from webapp.domain.content.table_files import Table
from webapp.domain.gallery.models import Design, DesignEdition
from webapp.domain.jobs.registry import JobRun
from webapp.domain.webhooks.commands import create_webhook
from webapp.domain.webhooks.models import WebhookDelivery
from webapp.extensions import db
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work

BeginWork = Callable[..., Work]
Rows = list[dict[str, Any]]


def table_of(rows: Rows) -> tuple[Table, dict[str, str]]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    return Table(columns, rows, is_text=False), {name: name for name in columns}


def one_by_one(work: Work, content_type: ContentType, rows: Rows, draft: bool) -> None:
    """What an import did when it had commands for single entries only."""
    for row in rows:
        rest = {name: value for name, value in row.items() if name != "id"}
        entry = find(work, content_type, row.get("id"))
        if entry is None:
            create_entry(work, content_type, row if content_type.has_own_keys else rest, draft=draft)
        else:
            update_entry(work, content_type, row["id"], rest, draft=draft)


def find(work: Work, content_type: ContentType, key: Any) -> Entry | None:
    column = Entry.key if content_type.has_own_keys else Entry.id
    is_it = (Entry.type == content_type.name, column == key, Entry.deleted_at.is_(None))
    return None if key is None else work.session.scalar(select(Entry).where(*is_it))


def everything(session: Session) -> dict[str, list[Any]]:
    """All rows that content writes, by table."""
    session.flush()
    found = {}
    for model in (Entry, ContentRevision, Edition, EditionTag, Tag, Design, DesignEdition, AuditEvent):
        table = model.__table__
        rows = [dict(row._mapping) for row in session.execute(select(table).order_by(*table.primary_key))]
        found[table.name] = rows
    deliveries = session.execute(select(WebhookDelivery.type, WebhookDelivery.body).order_by("body"))
    return {**found, "deliveries": [tuple(row) for row in deliveries]}


DESIGN_ROW = {"title": "Kolam", "r2_object_key": "designs/2026/01/20260101000000_" + "0" * 32 + ".png"}
PROJECT_ROW = {"description": "", "image": "", "technologies": [], "link": "", "achievements": []}


def prepared(work: Work, content_type: ContentType) -> Rows:
    """Entries in every standing, and rows that change each of them in another way."""
    full: dict[ContentType, dict[str, Any]] = {
        DATA: {"title": "Old", "content": {"a": 1}},
        DESIGN: {**DESIGN_ROW, "category": "floor"},
        PROJECT: {**PROJECT_ROW, "title": "Old"},
    }
    start, rows = full[content_type], Rows()
    own = content_type.has_own_keys
    for number, (standing, change) in enumerate(
        [
            ("published", {"title": "New", "description": "Ünder the Sea", "tags": ["Red", "new", "NEW"]}),
            ("published", {"title": "Old"}),
            ("draft", {"title": "Old"}),
            ("draft", {"title": "New"}),
            ("changed", {"title": "New"}),
            ("scheduled", {"title": "New", "tags": []}),
            ("trashed", {"title": "New"}),
        ]
    ):
        fields = {**start, "tags": ["red", "blue"], **({"id": f"k{number}"} if own else {})}
        key = create_entry(work, content_type, fields, draft=standing == "draft").key
        if standing in ("changed", "scheduled"):
            update_entry(work, content_type, key, {"title": "Between"}, draft=True)
        if standing == "scheduled":
            at = {"publish_at": "2031-01-01T10:00:00", "time_zone": "Asia/Kolkata"}
            publication.schedule_entry(work, content_type, key, at)
        if standing == "trashed":
            trash_entry(work, content_type, key)
        if standing != "trashed" or own:
            rows.append({**(start if standing == "trashed" else {}), "id": key, **change})
    return [*rows, {**start, **({"id": "fresh"} if own else {}), "tags": ["red", "fresh"]}]


def test_many_are_written_as_one_by_one(work: BeginWork, admin: Person) -> None:
    now = work(admin.actor)
    create_webhook(now, {"name": "W", "url": "https://example.org/", "events": ["data", "projects"]})
    for content_type in (DATA, PROJECT, DESIGN):
        rows = prepared(now, content_type)
        now.now += timedelta(minutes=1)
        for draft in (False, True):
            alone = outcome_of(now, lambda t=content_type, r=rows, d=draft: one_by_one(now, t, r, d))
            subject, (table, mapping) = SUBJECTS[content_type.name], table_of(rows)
            many = outcome_of(
                now, lambda s=subject, t=table, m=mapping, d=draft: import_table(now, s, t, m, draft=d)
            )
            for name, expected in alone.items():
                assert many[name] == expected, (content_type.name, draft, name)
            assert many["content_edition_tags"]


def outcome_of(work: Work, write: Callable[[], Any]) -> dict[str, list[str]]:
    """All rows as they are after ``write``, which is taken back."""
    with work.session.begin_nested() as attempt:
        work.session.expire_all()
        write()
        found = everything(work.session)
        attempt.rollback()
    return {name: without_numbers(rows) for name, rows in found.items()}


def without_numbers(rows: list[Any]) -> list[Any]:
    """Rows in an order of their own, with no ids that the database has counted out."""
    ids = ("id", "edition_id", "entry_id", "design_id", "subject_id", "tag_id")
    if rows and isinstance(rows[0], tuple):
        return sorted(type_ for type_, _ in rows)
    return sorted(repr({k: v for k, v in row.items() if k not in ids}) for row in rows)


def titles(work: Work) -> list[str]:
    page = list_entries(work, DATA, PageRequest(), Filters(draft=True))
    return [view.document["title"] for view in page.data]


def planned(work: Work, name: str, rows: Rows) -> list[Plan]:
    table, mapping = table_of(rows)
    numbered = enumerate(table.rows, 1)
    return plan_rows(work, SUBJECTS[name], table, numbered, mapping, draft=False, seen={})


def test_what_others_do_after_the_check_is_seen_before_anything_is_written(
    work: BeginWork, editor: Person
) -> None:
    now = work()
    kind = {"name": "dish", "label": "Dish", "schema": {"type": "object"}}
    create_kind(now, kind)
    kept = create_entry(now, DATA, {"title": "Kept", "description": "Old", "content": {}}).key
    item = create_item(work(editor.actor), {"title": "Milk"})
    dish = {"title": "Dish", "kind": "dish", "content": {"price": "high"}}
    projects = planned(now, "projects", [{**PROJECT_ROW, "id": "p", "title": "Mine"}])
    data = planned(now, "data", [{"id": kept, "title": "New title"}, {"title": "Other", "content": {}}])
    dishes = planned(now, "data", [{"title": "First", "content": {}}, dish])
    items = planned(now, "items", [{"id": str(item.id), "title": "Bread"}])

    schema = {"type": "object", "properties": {"price": {"type": "number"}}}
    create_entry(now, PROJECT, {**PROJECT_ROW, "id": "p", "title": "Theirs"})
    update_entry(now, DATA, kept, {"description": "Theirs"})
    update_kind(now, "dish", {"schema": schema})
    update_item(now, item.id, {"description": "Theirs"})

    report = carry_out(now, SUBJECTS["projects"], projects, draft=False, skip_bad=False)
    assert (report.count("update"), report.count("create")) == (1, 0)
    assert history.list_revisions(now, PROJECT, "p", PageRequest()).total == 2
    assert carry_out(now, SUBJECTS["data"], data, draft=False, skip_bad=False).is_written
    assert get_entry(now, DATA, kept).document | {"title": "New title", "description": "Theirs"} == (
        get_entry(now, DATA, kept).document
    )
    refused = carry_out(now, SUBJECTS["data"], dishes, draft=False, skip_bad=False)
    assert [outcome.action for outcome in refused.outcomes] == ["create", "error"]
    assert titles(now) == ["New title", "Other"]
    assert carry_out(now, SUBJECTS["items"], items, draft=False, skip_bad=False).is_written
    assert now.session.execute(select(Item.title, Item.description)).all() == [("Bread", "Theirs")]


def test_two_rows_about_one_record_are_told(work: BeginWork) -> None:
    now = work()
    key = create_entry(now, DATA, {"title": "Kept", "content": {}}).key
    rows = [{"id": str(key), "title": "A"}, {"id": f"0{key}", "title": "B"}]
    report = import_table(now, SUBJECTS["data"], *table_of(rows))
    assert [(o.number, o.errors[0].pointer) for o in report.outcomes if o.errors] == [(2, "/id")]
    assert titles(now) == ["Kept"]


def test_rows_about_items_are_revisions_where_they_say_something_new(work: BeginWork, editor: Person) -> None:
    now = work(editor.actor)
    same, other = (create_item(now, {"title": title}) for title in ("Same", "Other"))
    rows: Rows = [{"id": str(same.id), "title": "Same"}, {"id": str(other.id), "title": "New"}]
    rows.append({"title": "Third"})
    assert import_table(now, SUBJECTS["items"], *table_of(rows)).is_written
    numbers = dict(now.session.execute(select(ItemRevision.title, ItemRevision.number)).all())
    assert numbers == {"Same": 1, "Other": 1, "New": 2, "Third": 1}
    assert (same.revision, same.version, other.revision, other.version) == (1, 1, 2, 2)


def test_hundreds_of_rows_take_a_few_statements(work: BeginWork) -> None:
    now = work()
    create_webhook(now, {"name": "W", "url": "https://example.org/", "events": ["data"]})
    rows: Rows = [{"title": f"T{n}", "content": {}, "tags": ["red", f"t{n % 3}"]} for n in range(200)]
    statements: list[str] = []
    engine = now.session.get_bind()

    def count(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    for _ in ("made", "changed"):
        event.listen(engine, "before_cursor_execute", count)
        try:
            report = import_table(now, SUBJECTS["data"], *table_of(rows))
        finally:
            event.remove(engine, "before_cursor_execute", count)
        rows = [{"id": outcome.key, "title": f"N{outcome.number}"} for outcome in report.outcomes]
        told = [each for each in statements if not each.startswith("INSERT")]
        assert report.is_written and len(told) < 50, told
        statements.clear()
    assert now.session.scalar(select(func.count()).select_from(WebhookDelivery)) == 400


def test_a_job_writes_all_rows_in_the_transaction_of_its_end(
    work: BeginWork, editor: Person, app: Rangoli, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webapp.domain.content.exchange_jobs.PIECE", 2)
    file = b"title,content\n" + b"\n".join(b"T%d,{}" % n for n in range(5))
    seen = []
    for skip_bad in (False, True):
        options = {"draft": False, "dry_run": False, "skip_bad": skip_bad}
        asked = work(editor.actor)
        job = request_import(asked, SUBJECTS["data"], keep_file(app.ports.storage, file), {}, **options)
        asked.session.commit()
        found: list[int] = []

        def keep(done: int | None, total: int | None, found: list[int] = found) -> Work:
            db.session.commit()
            found.append(db.session.scalar(select(func.count()).select_from(Entry)) or 0)
            db.session.commit()
            return work()

        run = JobRun(work(), job.payload, app.ports, 0, _keep=keep)
        import_file(run)
        assert run.result and run.result["created"] == 5
        db.session.commit()
        seen.append(found)
    assert seen == [[0, 0, 0, 0], [5, 7, 9, 10]]
