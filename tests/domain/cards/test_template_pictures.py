"""Pictures of templates: when they are drawn, in which order, and when not."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.api.greetings import template_body
from webapp.adapters.renderer.chromium import ChromiumRenderer
from webapp.domain.cards import jobs, template_pictures
from webapp.domain.cards.models import Template, TemplateUsage
from webapp.domain.cards.template_picture_jobs import draw_template, draw_templates, look_for_undrawn
from webapp.domain.cards.template_pictures import DRAW_TEMPLATE, DRAW_TEMPLATES, FOLDER
from webapp.domain.cards.template_versions import publish_version, save_draft
from webapp.domain.cards.templates import create_template, update_template
from webapp.domain.jobs.models import Job
from webapp.domain.jobs.registry import JobRun
from webapp.domain.themes.commands import activate_theme, create_theme, publish_theme, update_theme
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.kernel.work import Work
from webapp.ports import Ports

BeginWork = Callable[..., Work]


def run_of(work: Work, ports: Any = None, **payload: Any) -> JobRun:
    """A run whose steps go on in the same work."""
    return JobRun(work, payload, ports, 0, _keep=lambda done, total: work)


def asked(work: Work, kind: str) -> int:
    """How many jobs of a kind there are."""
    return work.session.scalar(select(func.count()).select_from(Job).where(Job.kind == kind)) or 0


def template(work: Work, **changes: Any) -> Template:
    return create_template(work, template_body(**changes))


def drawn(work: Work, *templates: Template) -> None:
    """As if the job had drawn them."""
    for each in templates:
        planned = template_pictures.plan_picture(work, each.id)
        assert planned is not None and template_pictures.keep_picture(work, planned)
        work.session.refresh(each)


def test_a_live_version_is_drawn_once(work: BeginWork) -> None:
    now = work()
    lamps = template(now)
    assert asked(now, DRAW_TEMPLATE) == 1
    drawn(now, lamps)
    before = lamps.preview_key
    update_template(now, lamps.id, {"name": "Lanterns"})
    assert asked(now, DRAW_TEMPLATE) == 1, "a name is in no picture"
    run = run_of(now, template_id=str(lamps.id))
    draw_template(run)  # would fail without ports if it had something to draw
    assert run.result == {"drawn": False}
    save_draft(now, lamps.id, "<p>{{ title }}</p>", {})
    assert asked(now, DRAW_TEMPLATE) == 1, "nobody sees a draft"
    publish_version(now, lamps.id, 2)
    assert asked(now, DRAW_TEMPLATE) == 2
    assert lamps.preview_key == before, "the picture before stays until there is another"
    drawn(now, lamps)
    assert lamps.preview_key is not None and lamps.preview_key.startswith(f"{FOLDER}{lamps.id.hex}-2-")


def test_what_was_changed_meanwhile_is_not_kept(work: BeginWork) -> None:
    now = work()
    lamps = template(now)
    planned = template_pictures.plan_picture(now, lamps.id)
    assert planned is not None
    update_template(now, lamps.id, {"template_code": "<p>{{ title }}</p>"})
    assert not template_pictures.keep_picture(now, planned)
    own = template(now)
    planned = template_pictures.plan_picture(now, own.id)
    assert planned is not None
    update_template(now, own.id, {"preview_image_url": "/media/own.png"})
    assert not template_pictures.keep_picture(now, planned)


def test_the_picture_of_the_maker_wins(work: BeginWork) -> None:
    now = work()
    own = template(now, preview_image_url="https://example.org/own.png")
    assert asked(now, DRAW_TEMPLATE) == 0 and template_pictures.plan_picture(now, own.id) is None
    assert template_pictures.undrawn_templates(now, 0, 10) == []
    update_template(now, own.id, {"preview_image_url": None})
    assert asked(now, DRAW_TEMPLATE) == 1
    drawn(now, own)
    assert template_pictures.picture_path(own, b"secret") is not None
    update_template(now, own.id, {"preview_image_url": "https://example.org/own.png"})
    assert own.preview_key is None and template_pictures.picture_path(own, b"secret") is None


def test_another_look_has_all_drawn_anew_the_last_used_first(work: BeginWork) -> None:
    now = work()
    unused, early, late = (template(now, name=name) for name in ("Unused", "Early", "Late"))
    for used, days in ((early, 9), (late, 1), (early, 5)):
        at = now.now - timedelta(days=days)
        now.session.add(TemplateUsage(template_id=used.id, created_at=at))
    drawn(now, unused, early, late)
    assert template_pictures.undrawn_templates(now, 0, 10) == []
    other = create_theme(now, {"name": "Other", **DEFAULT_DOCUMENT})
    update_theme(now, other.id, {"colors": {"primary": "#b91c1c"}})
    assert asked(now, DRAW_TEMPLATES) == 0, "no page has that theme"
    activate_theme(now, other.id)
    assert asked(now, DRAW_TEMPLATES) == 1
    assert template_pictures.undrawn_templates(now, 0, 10) == [late.id, early.id, unused.id]
    assert template_pictures.undrawn_templates(now, 1, 1) == [early.id]
    drawn(now, late)
    assert template_pictures.undrawn_templates(now, 0, 10) == [early.id, unused.id]
    update_theme(now, other.id, {"colors": {"primary": "#1d4ed8"}}, publish=False)
    assert asked(now, DRAW_TEMPLATES) == 1, "a draft is no look"
    publish_theme(now, other.id)
    assert asked(now, DRAW_TEMPLATES) == 2
    assert template_pictures.undrawn_templates(now, 0, 1) == [late.id]


@pytest.mark.one_database
def test_templates_are_drawn_in_pieces(work: BeginWork, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that cannot be drawn are left behind, and looked at again on another day."""
    monkeypatch.setattr("webapp.domain.cards.template_picture_jobs.PIECE", 2)
    now = work()
    for number in range(3):
        template(now, name=f"T{number}", template_code="{{ 1 | divided_by: 0 }}")
    ports: Ports = app.ports  # type: ignore[attr-defined]
    for skip, jobs_after in ((0, 1), (2, 1)):
        run = run_of(now, ports, skip=skip)
        draw_templates(run)
        assert (run.result, asked(now, DRAW_TEMPLATES)) == ({"drawn": 0}, jobs_after)
    [following] = now.session.scalars(select(Job).where(Job.kind == DRAW_TEMPLATES))
    assert following.payload == {"skip": 2}
    look_for_undrawn(run_of(now))
    assert asked(now, DRAW_TEMPLATES) == 2


@pytest.mark.one_database
def test_without_a_browser_there_is_a_note(work: BeginWork, app: Flask, tmp_path: Any) -> None:
    now = work()
    lamps = template(now)
    ports: Ports = replace(
        app.ports,  # type: ignore[attr-defined]
        renderer=ChromiumRenderer(str(tmp_path / "none")),
    )
    for handler, payload in ((draw_template, {"template_id": str(lamps.id)}), (draw_templates, {})):
        run = run_of(now, ports, **payload)
        handler(run)
        assert run.result is not None
        assert (run.result["drawn"], run.result["code"]) == (0, "renderer_unavailable")
    assert asked(now, DRAW_TEMPLATES) == 0 and lamps.preview_key is None


@pytest.mark.one_database
def test_pictures_that_no_template_has_are_deleted(work: BeginWork, app: Flask) -> None:
    now = work()
    lamps = template(now)
    drawn(now, lamps)
    storage = app.ports.storage  # type: ignore[attr-defined]
    stray = f"{FOLDER}{lamps.id.hex}-1-0000000000000000.jpg"
    for key in (lamps.preview_key, stray):
        storage.put(key, io.BytesIO(b"x"))
    jobs.tidy(run_of(now, app.ports))  # type: ignore[attr-defined]
    assert {found.key for found in storage.list(FOLDER)} == {lamps.preview_key, stray}, "pages may show it"
    now.now += timedelta(hours=2)
    jobs.tidy(run_of(now, app.ports))  # type: ignore[attr-defined]
    assert [found.key for found in storage.list(FOLDER)] == [lamps.preview_key]
