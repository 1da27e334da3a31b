"""Which answers of the cache a change makes wrong."""

from __future__ import annotations

from webapp.domain.cards.models import Template
from webapp.kernel.cache_groups import FEATURED_TEMPLATES, TEMPLATES_OF_CATEGORY, TRENDING_TEMPLATES
from webapp.kernel.work import Work


def outdate_template(work: Work, template: Template) -> None:
    """Have the lists made anew that show the template; one that changes its category is called for both."""
    work.outdate(FEATURED_TEMPLATES, TRENDING_TEMPLATES)
    if template.category_id is not None:
        work.outdate(TEMPLATES_OF_CATEGORY.of(template.category_id))
