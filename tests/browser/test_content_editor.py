"""The editor of an entry in a real browser: JSON faults at their line, live preview, tags, the keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ApiClient, LiveServer, OpenPage, wait_until_attached

pytestmark = pytest.mark.browser
NEW = "/console/content/data/new"
expect.set_options(timeout=15_000)


def fill_new(
    page: Page, server: LiveServer, title: str, content: str = "{}", tags: str = "", *, scripts: bool = True
) -> None:
    page.goto(server.url + NEW)
    if scripts:
        wait_until_attached(page)
    page.get_by_label("Title").fill(title)
    page.get_by_label("Content", exact=True).fill(content)
    page.get_by_label("Tags").fill(tags)


def test_a_fault_in_json_is_shown_at_its_line(console: Page, live_server: LiveServer) -> None:
    fill_new(console, live_server, "Faulty", '{\n  "a": 1,\n  "b" 2\n}')
    expect(console.locator(".code-lines [data-wrong]")).to_have_text("3")
    message = console.locator("[data-errors-of=content] .field-errors")
    expect(message).to_contain_text("Line 3, column 7")
    message.click()
    area = console.get_by_label("Content", exact=True)
    expect(area).to_be_focused()
    at = area.evaluate("area => area.value.slice(0, area.selectionStart)")
    assert at == '{\n  "a": 1,\n  "b" '
    console.keyboard.type(":")
    expect(console.locator(".code-lines [data-wrong]")).to_have_count(0)
    expect(console.locator("[data-preview]")).to_contain_text('"b": 2')
    expect(console.locator(".field-errors")).to_have_count(0)


def test_lines_start_as_far_in_as_those_before(console: Page, live_server: LiveServer) -> None:
    fill_new(console, live_server, "Indented", "")
    area = console.get_by_label("Content", exact=True)
    area.focus()
    console.keyboard.type('{\n"a": [\n1')
    assert area.input_value() == '{\n  "a": [\n    1'
    console.keyboard.press("Tab")
    expect(area).not_to_be_focused()


def test_tags_are_suggested_and_saving_works_by_the_keyboard(console: Page, live_server: LiveServer) -> None:
    fill_new(console, live_server, "Tagged", tags="Summer sale")
    console.keyboard.press("Control+s")
    expect(console.get_by_text("Saved as a draft.")).to_be_visible()
    fill_new(console, live_server, "Second", tags="new, summ")
    expect(console.locator("datalist option").first).to_have_attribute("value", "new, Summer sale")


def test_leaving_with_unsaved_changes_warns(console: Page, live_server: LiveServer) -> None:
    fill_new(console, live_server, "Unsaved")
    seen = []
    console.on("dialog", lambda dialog: (seen.append(dialog.type), dialog.accept()))
    console.goto(f"{live_server.url}/console")
    assert seen == ["beforeunload"]


def test_what_is_typed_is_kept_and_takes_nothing_from_others(console: Page, live_server: LiveServer) -> None:
    api = ApiClient(live_server)
    entry = api.post("/data", {"title": "Shared", "description": "Old", "content": {}})
    left = console.get_by_text("You left something unsaved here")
    title, url = console.get_by_label("Title"), f"{live_server.url}/console/content/data/entry/{entry['id']}"
    console.on("dialog", lambda dialog: dialog.accept())

    def leave_and_come_back() -> None:
        console.goto(f"{live_server.url}/console")
        console.goto(url)
        expect(left).to_be_visible()

    console.goto(url)
    wait_until_attached(console)
    title.fill("Typed")
    expect(console.locator("[data-autosave-status]")).to_contain_text("Kept for you")
    api.send("PATCH", f"/data/{entry['id']}", {"description": "Somebody else's"})
    leave_and_come_back()
    expect(title).to_have_value("Shared")
    console.get_by_role("link", name="Go on with it").click()
    expect(title).to_have_value("Typed")
    wait_until_attached(console)
    console.keyboard.press("Control+s")
    expect(console.get_by_role("heading", name="Somebody else saved Shared")).to_be_visible()
    console.get_by_role("button", name="Save what is chosen").click()
    expect(title).to_have_value("Typed")
    expect(console.get_by_label("Description")).to_have_value("Somebody else's")
    expect(left).to_be_hidden()

    wait_until_attached(console)
    title.fill("Typed in a hurry")  # and left before it is kept: leaving keeps it
    leave_and_come_back()
    console.get_by_role("button", name="Forget it").click()
    expect(left).to_be_hidden()
    expect(title).to_have_value("Typed")


def test_an_older_revision_comes_back_by_the_keyboard(console: Page, live_server: LiveServer) -> None:
    api = ApiClient(live_server)
    entry = api.post("/data", {"title": "Diyas", "content": {"price": 5}})
    api.send("PATCH", f"/data/{entry['id']}?message=Dearer", {"content": {"price": 7}})
    console.goto(f"{live_server.url}/console/content/data/entry/{entry['id']}")
    wait_until_attached(console)
    opener = console.locator("[data-opens=history-drawer]")
    drawer = console.get_by_role("dialog", name="History")
    opener.focus()
    console.keyboard.press("Enter")
    expect(drawer.get_by_text("Dearer")).to_be_visible()
    console.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(opener).to_be_focused()
    console.keyboard.press("Enter")
    change = drawer.get_by_role("table", name="Changes of revision 2")
    expect(change.locator("del")).to_have_text("5")
    expect(change.locator("ins")).to_have_text("7")
    restore = drawer.get_by_role("button", name="Restore revision 1")
    for _ in range(12):
        console.keyboard.press("Tab")
        if restore.evaluate("button => button === document.activeElement"):
            break
    console.keyboard.press("Enter")
    expect(console.get_by_text("Revision 1 is back as revision 3, not published yet.")).to_be_visible()
    expect(console.get_by_label("Content", exact=True)).to_have_value('{\n  "price": 5\n}')


def test_without_scripts_an_entry_is_checked_and_saved(live_server: LiveServer, open_page: OpenPage) -> None:
    page = open_page("about:blank", java_script_enabled=False, storage_state=live_server.signed_in)
    fill_new(page, live_server, "Plain", '{"a" 1}', scripts=False)
    page.get_by_role("button", name="Check and preview").click()
    expect(page.locator(".error-summary")).to_contain_text("Line 1, column 6")
    page.get_by_label("Content", exact=True).fill('{"a": 1}')
    page.get_by_role("button", name="Check and preview").click()
    expect(page.locator("[data-preview]")).to_contain_text('"a": 1')
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Everyone can read it now.")).to_be_visible()


def test_everything_is_found_by_the_keyboard_alone(dashboard: Page, live_server: LiveServer) -> None:
    dashboard.keyboard.press("Control+k")
    field = dashboard.get_by_role("combobox", name="Search pages and records")
    expect(field).to_be_focused()
    dashboard.keyboard.type("trash")
    expect(dashboard.get_by_role("option", name="Trash Page")).to_have_attribute("aria-selected", "true")
    expect(dashboard.get_by_role("option")).to_have_count(1)
    dashboard.keyboard.press("Enter")
    dashboard.wait_for_url(f"{live_server.url}/console/content/trash")
    wait_until_attached(dashboard)
    dashboard.keyboard.press("Control+k")
    expect(field).to_be_focused()
    dashboard.keyboard.press("Escape")
    expect(field).to_be_hidden()


def test_the_search_can_be_switched_off(dashboard: Page, live_server: LiveServer) -> None:
    dashboard.keyboard.press("?")
    dashboard.get_by_label("Use single keys and the search of everything").uncheck()
    dashboard.keyboard.press("Escape")
    dashboard.keyboard.press("Control+k")
    expect(dashboard.get_by_role("combobox", name="Search pages and records")).to_be_hidden()
