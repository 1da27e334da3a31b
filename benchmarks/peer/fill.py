"""``python -m benchmarks.peer.fill [ITEMS]``: make the tables, 20 design systems (one active) and items.

With more than 1,000 items the link table gets the indexes that it lacks: each list of 20 would read the
whole table twenty times and answer nothing within a round.
"""

import sys
from typing import Any

from sqlalchemy import Index, insert, text

from benchmarks.peer.database import Base, SessionLocal, engine
from benchmarks.peer.models import DataItem, DesignSystem, Tag, data_tags
from benchmarks.peer.rows import PIECE, TAGS, item, tags_of

DESIGNS = 20
ITEMS = 1_000

CONFIG: dict[str, dict[str, Any]] = {
    "colors": {
        "primary": "#8B5CF6",
        "secondary": "#D946EF",
        "accent": "#F97316",
        "background": "#FFFFFF",
        "text": "#222222",
        "error": "#EA384C",
        "success": "#10B981",
        "warning": "#F59E0B",
        "info": "#0EA5E9",
    },
    "dark_mode": {"background": "#1A1F2C", "text": "#FFFFFF", "primary": "#9B87F5"},
    "typography": {
        "font_family": "Inter, sans-serif",
        "heading_font": "Inter, sans-serif",
        "base_size": "16px",
        "scale_ratio": 1.25,
    },
    "spacing": {"base_unit": "4px", "scale_ratio": 2},
    "border_radius": {"small": "4px", "medium": "8px", "large": "16px", "round": "50%"},
}


def fill(items: int) -> None:
    """Fill an empty database, always with the same rows."""
    Base.metadata.create_all(engine)
    with SessionLocal() as db:
        db.add_all(DesignSystem(name=f"Design {n}", config=CONFIG, is_active=n == 0) for n in range(DESIGNS))
        db.add_all(Tag(name=f"tag-{n}") for n in range(TAGS))
        db.commit()
        for start in range(0, items, PIECE):
            numbers = range(start, min(start + PIECE, items))
            db.execute(insert(DataItem), [{"id": n + 1, **item(n)} for n in numbers])
            links = [{"data_id": n + 1, "tag_id": tag + 1} for n in numbers for tag in tags_of(n)]
            db.execute(insert(data_tags), links)
        db.commit()
        if engine.dialect.name == "postgresql":
            db.execute(text(f"SELECT setval('dynamic_data_id_seq', {items})"))
            db.commit()
    if items > ITEMS:
        for column in data_tags.c:
            Index(f"ix_{column.name}", column).create(engine)


if __name__ == "__main__":
    fill(int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS)
