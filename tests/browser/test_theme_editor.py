"""The theme editor as its people use it: preview, mending, undo, saving, publishing, a conflict."""

from __future__ import annotations

import re
from itertools import count
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ApiClient, LiveServer, OpenPage, wait_until_attached

pytestmark = pytest.mark.browser
NAMES = (f"Theme {number}" for number in count(1))


@pytest.fixture
def editor(console: Page, live_server: LiveServer) -> Page:
    """The editor of a fresh theme that started from the default."""
    client = ApiClient(live_server)
    made = client.post("/themes/1/duplicate", {"name": next(NAMES)})
    console.goto(f"{live_server.url}/console/themes/{made['id']}")
    wait_until_attached(console)
    return console


def previewed(page: Page, selector: str, prop: str, value: str) -> None:
    """Wait until the preview shows a value."""
    page.wait_for_function(
        """([selector, prop, value]) => {
          const frame = document.querySelector("[data-preview-frame]");
          const element = frame.contentDocument?.querySelector(selector);
          return element && frame.contentWindow.getComputedStyle(element)[prop] === value;
        }""",
        arg=[selector, prop, value],
    )


def test_the_preview_follows_typing_and_the_saved_theme_stays(editor: Page) -> None:
    previewed(editor, "button.primary", "backgroundColor", "rgb(139, 92, 246)")
    editor.get_by_label("Primary", exact=True).first.fill("rebeccapurple")
    previewed(editor, "button.primary", "backgroundColor", "rgb(102, 51, 153)")
    expect(editor.locator("[data-editor-status]")).to_have_text("1 unsaved change")
    expect(editor.locator("[name='colors-primary'] ~ [data-picker]")).to_have_value("#663399")
    editor.evaluate("window.onbeforeunload = null")
    editor.reload()
    expect(editor.locator("[name='colors-primary']")).to_have_value("#8B5CF6")


def test_light_and_dark_and_widths(editor: Page) -> None:
    editor.locator("[data-preview]").get_by_role("button", name="Dark").click()
    previewed(editor, "html", "backgroundColor", "rgb(26, 31, 44)")
    editor.locator("[data-preview]").get_by_text("Phone").click()
    frame = editor.frame(name="preview-frame")
    assert frame is not None
    frame.wait_for_function("innerWidth === 390")
    editor.locator("[data-preview]").get_by_text("Desktop").click()
    frame.wait_for_function("innerWidth >= 1280")


def test_the_picker_and_the_text_keep_in_step(editor: Page) -> None:
    picker = editor.get_by_label("Pick colours: accent")
    picker.evaluate("(e) => { e.value = '#00aa55'; e.dispatchEvent(new Event('input', {bubbles: true})) }")
    expect(editor.locator("[name='colors-accent']")).to_have_value("#00aa55")
    previewed(editor, ".tag", "backgroundColor", "rgb(0, 170, 85)")
    expect(editor.locator("[data-token='colors-accent'] .color-well rect")).to_have_attribute(
        "fill", "#00aa55"
    )


def test_one_click_mends_a_pair_and_one_more_mends_all(editor: Page) -> None:
    accent = editor.locator("[data-token='colors-accent']")
    accent.get_by_role("button", name=re.compile("Use #")).click()
    expect(accent.locator(".pair-fails")).to_have_count(0)
    expect(editor.locator("[name='colors-accent']")).not_to_have_value("#F97316")
    expect(editor.locator("[name='colors-accent']")).to_be_focused()
    expect(editor.locator("[data-summary]")).to_contain_text("3 of 54 pairs")
    editor.get_by_role("button", name="Fix all").click()
    expect(editor.locator("[data-summary]")).to_contain_text("All 54 pairs of colours can be read")
    expect(editor.get_by_role("button", name="Undo")).to_be_focused()
    editor.keyboard.press("Control+z")
    expect(editor.locator("[data-summary]")).to_contain_text("3 of 54 pairs")
    editor.keyboard.press("Control+z")
    expect(editor.locator("[name='colors-accent']")).to_have_value("#F97316")
    editor.keyboard.press("Control+Shift+z")
    editor.keyboard.press("Control+y")
    expect(editor.locator("[data-summary]")).to_contain_text("All 54 pairs of colours can be read")


def test_a_dark_colour_is_derived_or_set(editor: Page) -> None:
    editor.locator("summary", has_text="Dark mode").click()
    token = editor.locator("[data-token='dark_mode-accent']")
    derive = token.get_by_label("Derive accent")
    expect(derive).to_be_checked()
    derive.uncheck()
    expect(token.locator("[name='dark_mode-accent']")).to_have_value("#f97316")
    expect(token).to_contain_text("leave empty to derive it")
    derive.check()
    expect(token.locator("[name='dark_mode-accent']")).to_have_value("")
    expect(token.locator("[name='dark_mode-accent']")).to_have_attribute("placeholder", "#f97316")
    editor.locator("[name='dark_mode-background']").fill("#000")
    previewed(editor, "html", "backgroundColor", "rgb(0, 0, 0)")


def test_a_wrong_value_is_named_when_it_is_left_and_the_rest_goes_on(editor: Page) -> None:
    text = editor.locator("[name='colors-text']")
    text.fill("nosuchcolour")
    primary = editor.locator("[name='colors-primary']")
    primary.fill("#006644")
    previewed(editor, "button.primary", "backgroundColor", "rgb(0, 102, 68)")
    expect(text).to_have_attribute("aria-invalid", "true")
    expect(text).to_have_attribute("aria-describedby", "colors-text-hint colors-text-error")
    expect(editor.locator("#colors-text-error")).to_be_visible()
    text.fill("#111")
    expect(text).not_to_have_attribute("aria-invalid", "true")
    expect(editor.locator("#colors-text-error")).to_have_count(0)


def test_arrow_keys_step_sizes(editor: Page) -> None:
    editor.locator("summary", has_text="Typography").click()
    size = editor.locator("[name='typography-base_size']")
    size.focus()
    for _ in range(4):
        editor.keyboard.press("ArrowUp")
    expect(size).to_have_value("20px")
    previewed(editor, "html", "fontSize", "20px")


def test_leaving_with_unsaved_changes_asks(editor: Page) -> None:
    asked: list[str] = []
    editor.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    editor.locator("[name='colors-primary']").fill("#006644")
    expect(editor.locator("[data-editor-status]")).to_have_text("1 unsaved change")
    with editor.expect_event("dialog"):
        editor.get_by_role("link", name="Dashboard").click(no_wait_after=True)
    expect(editor.locator("[name='colors-primary']")).to_have_value("#006644")
    assert asked == ["beforeunload"]


def test_from_the_keyboard_to_the_public_stylesheet(editor: Page, live_server: LiveServer) -> None:
    """Mod+S saves a draft, publishing warns about contrast, and once activated the page's link follows."""
    before = urlopen(f"{live_server.url}/themes/active.css").read()
    editor.locator("[name='colors-primary']").fill("#0B6E4F")
    editor.keyboard.press("Control+s")
    expect(editor.get_by_text("Saved as revision 2")).to_be_visible()
    expect(editor.locator("h1")).to_contain_text("Draft 2")
    assert urlopen(f"{live_server.url}/themes/active.css").read() == before
    editor.get_by_role("button", name="Save and publish").click()
    expect(editor.get_by_text("4 pairs of colours will be hard to read")).to_be_visible()
    expect(editor.locator("tr", has_text="color.primary")).to_contain_text("#0B6E4F")
    editor.get_by_role("button", name="Publish anyway").click()
    expect(editor.get_by_text("Revision 2 is live")).to_be_visible()
    editor.get_by_role("button", name="Activate").click()
    expect(editor.locator("h1")).to_contain_text("Active")
    assert b"--color-primary:#0b6e4f" in urlopen(f"{live_server.url}/themes/active.css").read()


def test_a_draft_of_somebody_else_is_never_overwritten(editor: Page) -> None:
    other = editor.context.new_page()
    other.goto(editor.url)
    other.locator("[name='colors-primary']").fill("#123456")
    other.locator("[name='colors-text']").fill("#101010")
    other.keyboard.press("Control+s")
    expect(other.get_by_text("Saved as revision 2")).to_be_visible()
    editor.locator("[name='colors-primary']").fill("#654321")
    editor.locator("[name='colors-accent']").fill("#aa3300")
    editor.keyboard.press("Control+s")
    expect(editor.locator("h1")).to_contain_text("Somebody else saved")
    contested = editor.get_by_role("group", name=re.compile("Colours: Primary"))
    expect(contested).to_contain_text("Changed by both")
    expect(contested.get_by_label("Yours")).to_be_checked()
    expect(editor.get_by_role("group", name="Colours: Text").get_by_label("Theirs")).to_be_checked()
    contested.get_by_label("Theirs").check()
    editor.get_by_role("button", name="Save what is chosen").click()
    expect(editor.get_by_text("Saved as revision 3")).to_be_visible()
    for name, value in {"primary": "#123456", "text": "#101010", "accent": "#aa3300"}.items():
        expect(editor.locator(f"[name='colors-{name}']")).to_have_value(value)


def test_without_scripts_forms_do_the_same(editor: Page, open_page: OpenPage) -> None:
    state = editor.context.storage_state()
    page = open_page(editor.url, java_script_enabled=False, storage_state=state)
    page.locator("[name='colors-primary']").fill("#006644")
    page.locator("[data-preview]").get_by_role("button", name="Dark").click()
    frame = page.frame_locator("[data-preview-frame]")
    expect(frame.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("[name='colors-primary']")).to_have_value("#006644")
    page.get_by_role("button", name="Fix all").click()
    expect(page.locator("[data-summary]")).to_contain_text("All 54 pairs of colours can be read")
    expect(page.locator("[name='colors-primary']")).to_have_value("#006644")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("Revision 2 is live")).to_be_visible()


def test_history_knows_nothing_of_the_page(open_page: OpenPage, live_server: LiveServer) -> None:
    """The undo stack by itself: typing in one field is one step, a new edit drops what was undone."""
    steps = open_page(f"{live_server.url}/console/login").evaluate(
        """async (url) => {
          const { History } = await import(url);
          const history = new History({ a: "1", b: "1" });
          history.record({ a: "12", b: "1" }, "a", 0);
          history.record({ a: "123", b: "1" }, "a", 100);
          history.record({ a: "123", b: "2" }, "b", 200);
          const seen = [history.undo(), history.undo(), history.undo(), history.redo()];
          history.record({ a: "9", b: "1" }, null, 300);
          return [...seen, history.canRedo];
        }""",
        f"{live_server.url}/static/console/themes/history.js",
    )
    assert steps == [
        {"a": "123", "b": "1"},
        {"a": "1", "b": "1"},
        None,
        {"a": "123", "b": "1"},
        False,
    ]
