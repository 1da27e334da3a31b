"""``python -m benchmarks.peer.fill``: make the tables, 20 design systems (one active) and 1,000 items."""

from typing import Any

from benchmarks.peer.database import Base, SessionLocal, engine
from benchmarks.peer.models import DataItem, DesignSystem, Tag

DESIGNS = 20
ITEMS = 1_000
TAGS = 30
TAGS_OF_AN_ITEM = 3

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


def fill() -> None:
    """Fill an empty database, always with the same rows."""
    Base.metadata.create_all(engine)
    with SessionLocal() as db:
        db.add_all(DesignSystem(name=f"Design {n}", config=CONFIG, is_active=n == 0) for n in range(DESIGNS))
        tags = [Tag(name=f"tag-{n}") for n in range(TAGS)]
        db.add_all(tags)
        db.add_all(
            DataItem(
                title=f"Item {n}",
                description=f"What item {n} is about, in a sentence of ordinary length.",
                content={"number": n, "price": n / 4, "labels": ["one", "two"], "nested": {"on": n % 2 == 0}},
                tags=[tags[(n + step * 7) % TAGS] for step in range(TAGS_OF_AN_ITEM)],
            )
            for n in range(ITEMS)
        )
        db.commit()


if __name__ == "__main__":
    fill()
