"""``python -m benchmarks.content_rows ITEMS``: fill an installation with the peer's rows, past its commands.

Each item gets what creating it by API would have written: an entry, a revision, an edition and its tags.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from benchmarks.peer.rows import PIECE, TAGS, item, tags_of
from config import Settings
from webapp.app import create_app
from webapp.cli.setup import prepare
from webapp.domain.content.content_types import DATA
from webapp.domain.content.models import ContentRevision, Edition, EditionTag, Entry, Tag
from webapp.domain.content.search_words import words
from webapp.extensions import db
from webapp.kernel.text import fold

START = datetime(2026, 1, 1, tzinfo=UTC)


def main(items: int) -> None:
    app = create_app(Settings.from_env())
    with app.app_context():
        prepare()
        with db.engine.begin() as connection:
            times = {"created_at": START, "updated_at": START}
            tags = [{"id": n + 1, "name": f"tag-{n}", "name_key": f"tag-{n}", **times} for n in range(TAGS)]
            connection.execute(insert(Tag), [{**tag, "version": 1} for tag in tags])
        for start in range(0, items, PIECE):
            with db.engine.begin() as connection:
                write(connection, range(start, min(start + PIECE, items)))
        with db.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                for table in (Entry, Edition, ContentRevision, Tag):
                    count_on(connection, table.__tablename__)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def write(connection: Connection, numbers: Iterable[int]) -> None:
    """The rows of some items."""
    entries, revisions, editions, links = [], [], [], []
    for n in numbers:
        now, columns = START + timedelta(seconds=n), item(n)
        document = DATA.read({**columns})
        folded = fold(columns["title"]) + "\n" + fold(columns["description"])
        shared = {"created_at": now, "updated_at": now}
        entries.append(
            {"id": n + 1, "type": "data", "latest_number": 1, "live_number": 1, "live_since": now,
             "version": 1, **shared}
        )  # fmt: skip
        revisions.append(
            {"entry_id": n + 1, "number": 1, "document": document, "created_at": now,
             "tags": [f"tag-{tag}" for tag in tags_of(n)]}
        )  # fmt: skip
        editions.append(
            {"id": n + 1, "entry_id": n + 1, "number": 1, "type": "data", "is_latest": True, "live_from": now,
             "updated_at": now, "headline": fold(columns["title"]), "search_text": folded,
             "search_words": " ".join(sorted(set(words(folded))))}
        )  # fmt: skip
        links += [
            {"edition_id": n + 1, "entry_id": n + 1, "tag_id": tag + 1, "position": position}
            for position, tag in enumerate(tags_of(n))
        ]
    rows: tuple[tuple[Any, list[dict[str, Any]]], ...] = (
        (Entry, entries), (ContentRevision, revisions), (Edition, editions), (EditionTag, links),
    )  # fmt: skip
    for model, found in rows:
        connection.execute(insert(model), found)


def count_on(connection: Connection, table: str) -> None:
    sequence = f"pg_get_serial_sequence('{table}', 'id')"
    connection.execute(text(f"SELECT setval({sequence}, (SELECT max(id) FROM {table}))"))


if __name__ == "__main__":
    main(int(sys.argv[1]))
