"""From an image to a design in front: what only scripts do in the library, the editor and the order."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LiveServer
from tests.pictures import encoded, picture

pytestmark = pytest.mark.browser


def file(name: str, data: bytes) -> dict[str, object]:
    return {"name": name, "mimeType": "image/png", "buffer": data}


def hand_over(console: Page, event: str, name: str, data: bytes) -> None:
    """What a browser tells a page when a file is dropped on the uploader, or pasted."""
    console.locator(".uploader").evaluate(
        """(place, [event, name, data]) => {
            const files = new DataTransfer();
            files.items.add(new File([Uint8Array.from(data)], name, { type: "image/png" }));
            const options = { bubbles: true, cancelable: true };
            place.dispatchEvent(event === "drop"
                ? new DragEvent("drop", { ...options, dataTransfer: files })
                : new ClipboardEvent("paste", { ...options, clipboardData: files }));
        }""",
        [event, name, list(data)],
    )


def test_upload_focal_point_editor_and_order(console: Page, live_server: LiveServer) -> None:
    console.goto(f"{live_server.url}/console/media")
    console.locator("html[data-attached]").wait_for()
    files = [file("photo.png", encoded(picture(300, 200), "PNG")), file("fake.png", b"no image")]
    console.set_input_files("#files", files)
    expect(console.locator(".upload-error")).to_have_text("Send a JPEG, PNG, WebP, AVIF or GIF image.")
    hand_over(console, "drop", "dropped.png", encoded(picture(64, 48), "PNG"))
    expect(console.locator(".media-new")).to_have_count(2)
    hand_over(console, "paste", "pasted.png", encoded(picture(48, 64), "PNG"))
    expect(console.locator(".media-new")).to_have_count(3)
    console.locator(".media-new .media-link").filter(has_text="photo.png").click()

    console.locator(".focal-ready").focus()
    for key in ("ArrowRight", "Shift+ArrowDown"):
        console.keyboard.press(key)
    expect(console.locator("[data-focal-mark]")).to_have_attribute("transform", "translate(153 120)")
    console.get_by_label("What it shows").fill("Red beside blue")
    console.get_by_role("button", name="Save").click()
    expect(console.get_by_text("Saved.")).to_be_visible()

    console.goto(f"{live_server.url}/console/content/designs/new")
    console.locator("html[data-attached]").wait_for()
    console.get_by_label("Title").fill("Two colours")
    console.get_by_role("link", name="Choose or upload").click()
    console.locator("[data-pick]").filter(has_text="photo.png").click()
    expect(console.locator("[data-shows=title]")).to_have_text("Two colours")
    console.get_by_label("Category").fill("Sarees")
    console.get_by_label("Featured").select_option("true")
    console.get_by_role("button", name="Save and publish").click()
    expect(console.get_by_role("heading", name="Two colours")).to_be_visible()

    console.goto(f"{live_server.url}/console/content/designs/featured")
    console.locator("html[data-attached]").wait_for()
    titles = console.locator(".order-title")
    before = titles.all_inner_texts()
    console.locator("[data-order-down]").first.press("Enter")
    console.locator(".order-row").last.drag_to(console.locator(".order-row").first)
    wanted = [before[-1], before[1], before[0], *before[2:-1]]
    assert titles.all_inner_texts() == wanted
    console.get_by_role("button", name="Save the order").click()
    expect(console.get_by_text("The order is saved.")).to_be_visible()
    assert titles.all_inner_texts() == wanted
