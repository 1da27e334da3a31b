"""Festivals and templates of the demo."""

from __future__ import annotations

from webapp.domain.cards.catalogue import FESTIVALS, STARTERS
from webapp.domain.cards.categories import create_category
from webapp.domain.cards.festivals import create_festival
from webapp.domain.cards.templates import create_template, feature_template
from webapp.kernel.work import Work

BLANK = "blank"
FEATURED = ("row-of-lamps", "handful-of-colour", "crescent-and-lanterns", "nine-nights")


def add_cards(work: Work) -> None:
    """Every festival and every template that Rangoli brings along, with their categories."""
    for fields in FESTIVALS:
        create_festival(work, fields)
    starters = [starter for slug, starter in STARTERS.items() if slug != BLANK]
    names = dict.fromkeys(starter.category for starter in starters)
    categories = {
        name: create_category(work, {"name": name, "sort_order": place}) for place, name in enumerate(names)
    }
    for starter in reversed(starters):
        fields = {
            "name": starter.name,
            "category_id": str(categories[starter.category].id),
            **starter.fields,
        }
        template = create_template(work, fields)
        if starter.slug in FEATURED:
            feature_template(work, template.id, True)
