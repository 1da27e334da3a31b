"""Images of a festival: uploaded and chosen in the dialog, put into an order with keys and by dragging."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ApiClient, LiveServer
from tests.pictures import encoded, picture

pytestmark = pytest.mark.browser


def add(page: Page, words: str) -> None:
    expect(page.get_by_label("Another image")).to_have_value(re.compile(r"^festivals/.+\.png$"))
    expect(page.locator("[data-image-shown]")).to_be_visible()
    page.get_by_label("What it shows").fill(words)
    page.get_by_role("button", name="Add the image").click()
    expect(page.locator(".order-title").last).to_have_text(words)


def test_images_are_uploaded_chosen_and_ordered(console: Page, live_server: LiveServer) -> None:
    api = ApiClient(live_server)
    festival = api.post("/festivals", {"name": "Lamps"})
    elsewhere = {"image_url": "https://example.org/guests.png", "alt_text": "Guests"}
    api.post(f"/festivals/{festival['id']}/images", elsewhere)
    console.goto(f"{live_server.url}/console/festivals/{festival['id']}")
    for words in ("Lamps", "Sweets"):
        console.locator("html[data-attached]").wait_for()
        console.get_by_role("link", name="Choose or upload").click()
        if words == "Lamps":
            data = encoded(picture(seed=1), "PNG")
            console.set_input_files(
                "#picker-files", [{"name": "new.png", "mimeType": "image/png", "buffer": data}]
            )
        else:
            console.locator("[data-pick]").filter(has_text="new.png").press("Enter")
        add(console, words)
    console.locator("html[data-attached]").wait_for()
    console.get_by_role("button", name="Move Lamps down").press("Enter")
    expect(console.locator("[data-order-status]")).to_have_text("Lamps: place 3 of 3")
    rows = console.locator(".order-row")
    rows.nth(1).drag_to(rows.first, target_position={"x": 20, "y": 3})
    console.get_by_role("button", name="Save the order").click()
    expect(console.get_by_text("The order is saved.")).to_be_visible()
    expect(console.locator(".order-title")).to_have_text(["Sweets", "Guests", "Lamps"])
