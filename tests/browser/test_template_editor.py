"""The template editor as its people use it: errors at their line, the live preview, fields, saving."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer

pytestmark = pytest.mark.browser


def test_a_template_from_a_starter_to_a_draft(console: Page, live_server: LiveServer) -> None:
    console.goto(f"{live_server.url}/console/templates/new")
    console.get_by_role("textbox", name="Name").fill("Lamps at dusk")
    console.get_by_role("button", name="Make the template").click()
    console.wait_for_url(re.compile(r"/console/templates/[0-9a-f-]{36}$"))
    frame = console.frame_locator("iframe[name^='preview-']:not(.is-waiting)")
    expect(frame.get_by_role("heading")).to_have_text("Happy Diwali")
    html = console.get_by_role("textbox", name="HTML")
    html.fill("<p>\n{{ title | shout }}</p>")
    expect(console.locator("[data-section=html] .code-lines [data-wrong]")).to_have_text("2")
    expect(console.locator("[data-editor-status]")).to_have_text("Unsaved changes")
    html.fill("<h1>{{ title }}, {{ mood }}</h1>")
    console.get_by_role("button", name="Add a field").click()
    expect(console.locator("[name='fields-3-name']")).to_be_focused()
    console.keyboard.type("mood")
    console.get_by_label("Texts in the preview").select_option("hi")
    expect(frame.get_by_role("heading")).to_have_text("शुभ दीपावली, शुभ दीपावली")
    console.get_by_label("Size or device").select_option("phone")
    expect(console.locator("iframe[name^='preview-']:not(.is-waiting)")).to_have_css("inline-size", "390px")
    console.get_by_role("button", name="Save draft").click()
    expect(console.get_by_role("status").get_by_text("Saved as version 2")).to_be_visible()
