"""Trending templates: how much they were used, the last days most."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from tests.api.greetings import template_body
from webapp.domain.cards.models import TemplateUsage
from webapp.domain.cards.template_queries import trending_templates
from webapp.domain.cards.templates import create_template
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work


def test_recent_use_weighs_more(work: Callable[..., Work]) -> None:
    now = work()
    days = {"Today": [0.5], "This week": [5] * 3, "Last month": [20] * 7, "Long ago": [31] * 50, "Never": []}
    for name, ages in days.items():
        template = create_template(now, template_body(name=name))
        for age in ages:
            at = now.now - timedelta(days=age)
            now.session.add(TemplateUsage(template_id=template.id, created_at=at))
    now.session.flush()
    found = trending_templates(now, PageRequest(10))
    assert [each.name for each in found.data] == ["Today", "Last month", "This week"]
    assert found.total == 3
