"""What must be true whenever an installation is up: nothing acknowledged is lost, nothing is half done."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from sqlalchemy import create_engine, make_url, text

from tests.torture.writing import Client, Writer

HALF_DONE = {
    "a theme without its revision": """SELECT t.id FROM themes t LEFT JOIN theme_revisions r
        ON r.theme_id = t.id AND r.number = t.live_number WHERE r.id IS NULL""",
    "a theme with a gap in its history": """SELECT t.id FROM themes t WHERE t.latest_number <>
        (SELECT count(*) FROM theme_revisions r WHERE r.theme_id = t.id)""",
    "a revision without its stylesheet": """SELECT r.id FROM theme_revisions r LEFT JOIN stylesheets s
        ON s.hash = r.stylesheet_hash WHERE s.hash IS NULL""",
    "an entry without its revision": """SELECT e.id FROM content_entries e LEFT JOIN content_revisions r
        ON r.entry_id = e.id AND r.number = e.latest_number WHERE r.id IS NULL""",
    "an entry without its edition": """SELECT e.id FROM content_entries e LEFT JOIN content_editions d
        ON d.entry_id = e.id AND d.is_latest WHERE d.id IS NULL""",
    "an entry that was made twice": """SELECT headline FROM content_editions WHERE is_latest
        GROUP BY headline HAVING count(*) > 1""",
    "an edition without its tags": """SELECT d.id FROM content_editions d
        WHERE (SELECT count(*) FROM content_edition_tags t WHERE t.edition_id = d.id) <> 2""",
    "a mail that nobody will send": """SELECT m.id FROM mails m LEFT JOIN jobs j ON j.id = m.job_id
        WHERE m.status = 'queued' AND (j.id IS NULL OR j.state NOT IN ('queued', 'running'))""",
    "a change without its event": """SELECT t.id FROM themes t WHERE t.id > 1 AND NOT EXISTS
        (SELECT 1 FROM audit_events a WHERE a.action = 'theme.create'
         AND a.subject_id = CAST(t.id AS TEXT))""",
}
PATIENCE = 120.0


def query(database_url: str, statement: str) -> list[Any]:
    url = make_url(database_url)
    if url.get_backend_name() == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return list(connection.execute(text(statement)).all())
    finally:
        engine.dispose()


def check_database(database_url: str) -> None:
    """Raise where something is half done."""
    found = {what: rows for what, sql in HALF_DONE.items() if (rows := query(database_url, sql))}
    assert found == {}
    if database_url.startswith("sqlite"):
        assert query(database_url, "PRAGMA integrity_check") == [("ok",)]
        assert query(database_url, "PRAGMA foreign_key_check") == []


def check_acknowledged(client: Client, writers: Iterable[Writer]) -> int:
    """Raise where something that was acknowledged is not there; answers how much is."""
    number = 0
    for writer in writers:
        for path, members in writer.acknowledged.items():
            found = client.call("GET", path)
            assert {name: found[name] for name in members} == members, path
            number += 1
        titles = [members["title"] for path, members in writer.acknowledged.items() if "/data/" in path]
        for title in titles[-5:]:
            hits = client.call("GET", f"/data/search?q={quote(title)}")["data"]
            assert title in {hit["title"] for hit in hits}, title
    return number


def check_mails(database_url: str, writers: Iterable[Writer]) -> int:
    """Wait until the worker has sent what was promised; raises where a mail is missing."""
    promised = {address for writer in writers for address in writer.mailed}
    deadline = time.monotonic() + PATIENCE
    while True:
        rows = query(database_url, "SELECT address, status FROM mails")
        if promised <= {address for address, status in rows if status == "sent"}:
            return len(promised)
        assert time.monotonic() < deadline, sorted(promised - {a for a, s in rows if s == "sent"})
        time.sleep(0.5)
