"""The demo's gallery: a dozen designs with pictures."""

from __future__ import annotations

from webapp.cli.demo_pictures import Cloth, draw
from webapp.domain.gallery.commands import arrange_featured, create_design
from webapp.domain.media.uploads import Announced, UploadLimits, keep_picture
from webapp.kernel.work import Work
from webapp.ports import Ports

COLUMNS = ("title", "category", "style", "colour", "fabric", "occasion", "season", "collection_name")
GOLD, CREAM = "#c9972e", "#f3e3c3"
DESIGNS: tuple[tuple[Cloth, tuple[str | None, ...]], ...] = (
    (
        Cloth("#9b1c2e", GOLD, GOLD, "flower"),
        ("Crimson wedding saree", "Sarees", "Banarasi", "Red", "Silk", "Wedding", "Winter", "Dawn"),
    ),
    (
        Cloth("#1f3a78", CREAM, GOLD, "diamond"),
        ("Indigo temple saree", "Sarees", "Kanjivaram", "Blue", "Silk", "Festival", "Winter", "Dawn"),
    ),
    (
        Cloth("#2f6f4f", CREAM, "#e0a43a", "leaf"),
        ("Garden handloom saree", "Sarees", "Handloom", "Green", "Cotton", "Everyday", "Summer", "Monsoon"),
    ),
    (
        Cloth("#d98c21", "#7a1f3d", "#7a1f3d", "dot"),
        ("Marigold bandhani saree", "Sarees", "Bandhani", "Orange", "Georgette", "Haldi", "Spring", None),
    ),
    (
        Cloth("#c2447a", GOLD, "#5b1640", "flower"),
        ("Rose evening lehenga", "Lehengas", "Zardozi", "Pink", "Silk", "Wedding", "Winter", "Dawn"),
    ),
    (
        Cloth("#5a2a6e", "#d9b8e8", GOLD, "diamond"),
        ("Plum mirror lehenga", "Lehengas", "Mirror work", "Purple", "Velvet", "Sangeet", "Winter", None),
    ),
    (
        Cloth("#f1e8da", "#b45a3c", "#b45a3c", "leaf"),
        (
            "Ivory block print kurta",
            "Kurtas",
            "Block print",
            "White",
            "Cotton",
            "Everyday",
            "Summer",
            "Monsoon",
        ),
    ),
    (
        Cloth("#2a7d86", CREAM, "#123f45", "stripe"),
        ("Teal striped kurta", "Kurtas", "Handloom", "Blue", "Linen", "Office", "Summer", "Monsoon"),
    ),
    (
        Cloth("#3b3a3f", "#cfcad3", "#8a8790", "dot"),
        ("Charcoal jamdani kurta", "Kurtas", "Jamdani", "Black", "Cotton", "Evening", "Autumn", None),
    ),
    (
        Cloth("#e6c65c", "#8c2f1b", "#8c2f1b", "flower"),
        ("Sunny phulkari dupatta", "Dupattas", "Phulkari", "Yellow", "Cotton", "Festival", "Spring", None),
    ),
    (
        Cloth("#b9d3c4", "#2f6f4f", "#2f6f4f", "leaf"),
        (
            "Mint chikankari dupatta",
            "Dupattas",
            "Chikankari",
            "Green",
            "Georgette",
            "Everyday",
            "Summer",
            None,
        ),
    ),
    (
        Cloth("#7a3324", GOLD, "#2b1512", "diamond"),
        ("Rust patola dupatta", "Dupattas", "Patola", "Brown", "Silk", "Festival", "Autumn", "Dawn"),
    ),
)
FEATURED = 4
LIMITS = UploadLimits(10**7, 10**9)


def add_gallery(work: Work, ports: Ports) -> None:
    """Draw the pictures and make the designs, of which the first ones are featured."""
    ids = []
    for number, (cloth, values) in enumerate(DESIGNS):
        fields = dict(zip(COLUMNS, values, strict=True))
        words = f"{fields['colour']} {fields['fabric']} with a {cloth.motif} pattern and a woven border"
        what = Announced(
            "designs", f"{str(fields['title']).lower().replace(' ', '-')}.jpg", words.capitalize()
        )
        media, _ = keep_picture(work, lambda: work, ports, draw(cloth), what, LIMITS)
        fields |= {
            "r2_object_key": media.object_key,
            "designer_name": "Studio Rangoli",
            "description": words + ".",
        }
        view = create_design(work, {**fields, "featured": number < FEATURED or None}, message="Demo content")
        ids.append(view.entry.entry_id)
    arrange_featured(work, ids[:FEATURED])
