"""What the console's scripts add to a page, in a real browser on the style guide."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import render_template
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from tests.browser.conftest import wait_until_attached
from tests.conftest import MakeInstallation
from webapp.access import public
from webapp.console.styleguide import sample_context

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def address(make_installation: MakeInstallation) -> Iterator[str]:
    """The style guide, served by the application itself with all its headers."""
    installation = make_installation("sqlite")
    app = installation.app

    @app.route("/console/sample")
    @public
    def sample() -> str:
        return render_template("console/styleguide.html", **sample_context(ROOT / "static"))

    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/console/sample"
    server.shutdown()
    thread.join()
    server.server_close()
    installation.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """The style guide, ready; a script or content-policy error on it fails the test."""
    context = browser.new_context(reduced_motion="reduce", color_scheme="light")
    page = context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address)
    wait_until_attached(page)
    yield page
    context.close()
    assert problems == []


def test_a_range_of_rows_is_selected_with_shift(page: Page) -> None:
    rows = page.locator("[data-bulk-row]")
    expect(page.locator(".bulk-bar")).to_be_hidden()
    rows.nth(0).click()
    rows.nth(3).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_have_text("4 selected")
    expect(page.locator(".bulk-all")).to_be_hidden()
    page.locator("[data-bulk-page] input").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("5 selected")
    page.locator(".bulk-all input").check()
    expect(page.locator("[data-bulk-count]")).to_have_text("All that match selected")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator(".bulk-bar")).to_be_hidden()


def test_one_dialog_serves_every_row_and_gives_the_focus_back(page: Page) -> None:
    dialog = page.locator("#sg-reject")
    opener = page.get_by_role("button", name="Reject").or_(page.get_by_role("link", name="Reject")).nth(1)
    opener.click()
    expect(dialog).to_be_visible()
    expect(dialog.locator("[data-dialog-subject]")).to_have_text("member@example.org")
    assert dialog.locator("form[data-dialog-form]").evaluate("form => form.action").endswith("#1")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_dangerous_dialog_waits_for_the_words(page: Page) -> None:
    page.get_by_text("Delete a theme").click()
    button = page.locator("#sg-delete [type=submit].button-danger")
    expect(button).to_be_disabled()
    page.locator("#sg-delete-words").fill("Diwali nigh")
    expect(button).to_be_disabled()
    page.locator("#sg-delete-words").fill("Diwali night")
    expect(button).to_be_enabled()


def test_single_keys_are_silent_while_typing_and_can_be_switched_off(page: Page) -> None:
    search, shortcuts = page.locator("[data-search]"), page.locator("#shortcuts")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("who? /")
    expect(search).to_have_value("who? /")
    expect(shortcuts).to_be_hidden()
    search.blur()
    page.keyboard.press("?")
    expect(shortcuts).to_be_visible()
    page.locator("[data-shortcuts-switch]").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    wait_until_attached(page)
    page.keyboard.press("/")
    expect(search).not_to_be_focused()


def test_the_colour_scheme_changes_at_once_and_stays(page: Page) -> None:
    dark = page.locator(".topbar-tools").get_by_role("button", name="Dark")
    with page.expect_response("**/console/color-scheme"):
        dark.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(dark).to_have_attribute("aria-pressed", "true")
    page.reload()
    wait_until_attached(page)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_unsaved_changes_are_not_lost_without_a_word(page: Page) -> None:
    questions: list[str] = []

    def stay(dialog) -> None:  # type: ignore[no-untyped-def]
        questions.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("#name").fill("New")
    with page.expect_event("dialog"):
        page.evaluate("location.assign('/')")
    expect(page.locator("#name")).to_have_value("New")
    assert questions == ["beforeunload"]
    page.locator("#name").fill("")
    page.goto(page.url.replace("/console/sample", "/"))
    assert questions == ["beforeunload"]


def test_times_and_colours_follow(page: Page) -> None:
    moment = page.locator("time[data-relative]").first
    expect(moment).to_have_attribute("title", "12 Mar 2026, 14:05 UTC")
    assert moment.inner_text() != "12 Mar 2026, 14:05 UTC"
    well = page.locator("[data-color-field] rect")
    page.locator("#color").fill("not a colour")
    expect(well).to_have_attribute("fill", "#8B5CF6")
    page.locator("#color").fill("oklch(0.7 0.1 200)")
    expect(well).to_have_attribute("fill", "oklch(0.7 0.1 200)")


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_nothing_overflows(page: Page, direction: str) -> None:
    page.evaluate("direction => { document.documentElement.dir = direction }", direction)
    root = "document.documentElement"
    for width in (320, 390, 768, 1024, 1440):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0, width


def test_everything_is_reachable_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(address)
    page.locator(".phone-nav summary").click()
    expect(page.locator(".phone-nav-panel")).to_be_visible()
    page.locator(".phone-nav summary").click()
    page.locator("[data-bulk-row]").first.check()
    expect(page.locator(".bulk-bar").get_by_role("button", name="Approve")).to_be_visible()
    expect(page.locator("#sg-delete")).to_be_hidden()
    assert page.get_by_text("Delete a theme").locator("..").get_attribute("href") == "#"
    context.close()
