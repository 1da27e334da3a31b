"""``python -m benchmarks.gallery_rows DESIGNS``: fill an installation with designs, past its commands.

Each design gets what creating it by API would have written; its image is one of a thousand.
"""

from __future__ import annotations

import random
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, text

from config import Settings
from webapp.app import create_app
from webapp.cli.setup import prepare
from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.models import ContentRevision, Edition, Entry
from webapp.domain.content.search_words import words
from webapp.domain.gallery.models import FACETS, Design, DesignEdition
from webapp.domain.gallery.projection import word
from webapp.domain.media.colors import point_of
from webapp.domain.media.models import Media, MediaColor, MediaState
from webapp.extensions import db
from webapp.kernel.db import new_uuid
from webapp.kernel.text import fold

START = datetime(2026, 1, 1, tzinfo=UTC)
PIECE = 10_000
IMAGES = 1_000
WORDS = dict.fromkeys(FACETS, 12) | {"category": 8, "season": 4, "designer_name": 400, "collection_name": 60}
"""How many different words there are in each column."""
CHANCE = random.Random(7)


def main(designs: int) -> None:
    app = create_app(Settings.from_env())
    with app.app_context():
        prepare()
        with db.engine.begin() as connection:
            images = write_images(connection)
        for start in range(0, designs, PIECE):
            with db.engine.begin() as connection:
                write(connection, range(start, min(start + PIECE, designs)), images)
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


def write_images(connection: Connection) -> list[tuple[Any, str]]:
    """Images without files, each of three colours; their ids and keys."""
    found, rows, points = [], [], []
    for _ in range(IMAGES):
        media_id = new_uuid()
        colors = [f"#{CHANCE.randrange(2**24):06x}" for _ in range(3)]
        found.append((media_id, f"designs/2026/01/20260101000000_{media_id.hex}.jpg"))
        rows.append(
            {"id": media_id, "object_key": found[-1][1], "category": "designs", "state": MediaState.READY,
             "source_type": "image/jpeg", "size": 1, "width": 480, "height": 640, "colors": colors,
             "version": 1, "created_at": START, "updated_at": START}
        )  # fmt: skip
        for position, point in enumerate(map(point_of, colors)):
            points.append(
                {"media_id": media_id, "position": position, "cell": point.cell,
                 "lightness": point.lightness, "a": point.a, "b": point.b}
            )  # fmt: skip
    connection.execute(insert(Media), rows)
    connection.execute(insert(MediaColor), points)
    return found


def write(connection: Connection, numbers: range, images: list[tuple[Any, str]]) -> None:
    """The rows of some designs."""
    entries, revisions, editions, designs, listed = [], [], [], [], []
    for n in numbers:
        now, (media_id, key) = START + timedelta(seconds=n), CHANCE.choice(images)
        columns = {name: f"{name.capitalize()} {CHANCE.randrange(many)}" for name, many in WORDS.items()}
        title = f"Design {n} of {columns['collection_name']}"
        document = DESIGN.read({"title": title, "r2_object_key": key, "description": "Woven.", **columns})
        folded = fold(title) + "\n" + fold("Woven.")
        entries.append(
            {"id": n + 1, "type": "designs", "latest_number": 1, "live_number": 1, "live_since": now,
             "version": 1, "created_at": now, "updated_at": now}
        )  # fmt: skip
        revisions.append(
            {"entry_id": n + 1, "number": 1, "document": document, "created_at": now, "tags": []}
        )
        editions.append(
            {"id": n + 1, "entry_id": n + 1, "number": 1, "type": "designs", "is_latest": True,
             "live_from": now, "updated_at": now, "headline": fold(title), "search_text": folded,
             "search_words": " ".join(sorted(set(words(folded))))}
        )  # fmt: skip
        counts = {"view_count": CHANCE.randrange(10_000), "like_count": CHANCE.randrange(500)}
        designs.append({"id": n + 1, "position": 0, **counts})
        listed.append(
            {"edition_id": n + 1, "design_id": n + 1, "is_latest": True, "live_from": now, "live_until": None,
             "is_archived": False, "headline": fold(title), "media_id": media_id,
             "rank": int(n % 100 == 0), **counts, **{name: word(columns[name]) for name in FACETS}}
        )  # fmt: skip
    for model, rows in (
        (Entry, entries), (ContentRevision, revisions), (Edition, editions), (Design, designs),
        (DesignEdition, listed),
    ):  # fmt: skip
        connection.execute(insert(model), rows)


if __name__ == "__main__":
    main(int(sys.argv[1]))
