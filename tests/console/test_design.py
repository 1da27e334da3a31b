"""The console's look: templates keep to the content policy, and its parts say what they are."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, flash, render_template, render_template_string
from werkzeug.datastructures import MultiDict

from webapp.console.navigation import ENTRIES
from webapp.console.styleguide import SampleForm, sample_context
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.stylesheet import compile_stylesheet

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static" / "console"
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if "mail" not in path.relative_to(ROOT).parts]
SHEETS = sorted(STATIC.glob("*.css"))
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (STATIC / "icons.svg").read_text()))


class Elements(HTMLParser):
    """The elements of a page as (name, attributes)."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.unnamed_controls: list[str] = []
        self.is_in_label = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attributes := dict(attrs)))
        if tag == "label":
            self.is_in_label = True
        is_control = tag in ("input", "select", "textarea") and attributes.get("type") != "hidden"
        if is_control and not self.is_in_label and not attributes.get("aria-label"):
            self.unnamed_controls.append(attributes.get("id") or self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self.is_in_label = False

    def values(self, attribute: str) -> list[str]:
        return [value for _, attributes in self.found if (value := attributes.get(attribute))]


def style_guide(app: Flask, form: SampleForm | None = None, query: str = "") -> str:
    with app.test_request_context(f"/console/sample?{query}"):
        context = sample_context(ROOT / "static")
        return render_template("console/styleguide.html", **(context | ({"form": form} if form else {})))


def refused_form(app: Flask) -> SampleForm:
    with app.test_request_context("/console/sample"):
        form = SampleForm(formdata=MultiDict({"email": "x@example.org"}), meta={"csrf": False})
        assert not form.validate()
        return form


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_keep_to_the_content_policy(path: Path) -> None:
    text = re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(?:src|href|action)=["']?(?:https?:)?//""", text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_name_icons_that_exist(path: Path) -> None:
    named = re.findall(r"""icon(?:\(|=|': )'([a-z-]+)'""", path.read_text())
    assert set(named) <= ICONS


def test_navigation_names_icons_that_exist() -> None:
    assert {place.icon for place in ENTRIES} <= ICONS


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: path.name)
def test_sheets_use_variables_that_exist(path: Path) -> None:
    text = path.read_text()
    themed = set(compile_stylesheet(DEFAULT_DOCUMENT).variables)
    defined = themed | {name for sheet in SHEETS for name in re.findall(r"(--[\w-]+):", sheet.read_text())}
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= defined
    without_fallback = set(re.findall(r"var\((--[\w-]+)\)", text)) & themed
    assert without_fallback == set(), "the console must be readable where the theme cannot be loaded"


def test_behaviours_exist() -> None:
    paths = re.findall(r'"\./([\w-]+\.js)"', (STATIC / "app.js").read_text())
    assert paths
    for path in paths:
        assert "export function attach(" in (STATIC / path).read_text()


@pytest.mark.parametrize("refused", [False, True])
def test_every_part_is_named_and_described(app: Flask, refused: bool) -> None:
    page = Elements(style_guide(app, refused_form(app) if refused else None))
    ids = Counter(page.values("id"))
    assert [name for name, times in ids.items() if times > 1] == []
    for attribute in ("for", "aria-describedby", "aria-labelledby"):
        for value in page.values(attribute):
            assert set(value.split()) <= set(ids), (attribute, value)
    assert set(page.unnamed_controls) <= set(page.values("for"))
    headers = [attributes.get("scope") for tag, attributes in page.found if tag == "th"]
    assert set(headers) == {"col", "row"}


def test_refused_fields_are_listed_and_marked(app: Flask) -> None:
    text = style_guide(app, refused_form(app))
    page = Elements(text)
    invalid = [attributes for _, attributes in page.found if attributes.get("aria-invalid") == "true"]
    assert {attributes["id"] for attributes in invalid} == {"name", "kind", "password"}
    assert all("-error" in (attributes["aria-describedby"] or "") for attributes in invalid)
    assert {"#name", "#password"} <= set(page.values("href"))
    assert "A few things need your attention" in text


@pytest.mark.parametrize(
    ("query", "changes", "expected"),
    [
        ("status=pending&page=3", {"sort": "-name"}, "?status=pending&amp;sort=-name"),
        ("status=pending&cursor=abc", {"page": 2}, "?status=pending&amp;page=2"),
        ("tag=a&tag=b&q=x", {"q": None}, "?tag=a&amp;tag=b"),
        ("q=%22%3E%26%C3%A9", {}, "?q=%22%3E%26%C3%A9"),
        ("_scheme=javascript&_external=1", {}, "?_scheme=javascript&amp;_external=1"),
    ],
)
def test_links_keep_the_filters(app: Flask, query: str, changes: dict[str, object], expected: str) -> None:
    template = '{% import "console/macros/query.html" as query %}<a href="{{ query.with(changes) }}">'
    with app.test_request_context(f"/console/people?{query}"):
        assert render_template_string(template, changes=changes) == f'<a href="{expected}">'


def test_text_of_records_is_escaped(app: Flask) -> None:
    template = """{% import "console/macros/dialogs.html" as dialogs %}
    {% import "console/macros/swatches.html" as swatches %}{% import "console/macros/badges.html" as badges %}
    {{ dialogs.opener('Reject', 'reject', '#', subject=text) }}{{ badges.badge(text) }}
    {{ swatches.row([(text, text)]) }}"""
    with app.test_request_context("/console/people"):
        page = render_template_string(template, text='"><img src=x>')
    assert "<img" not in page


@pytest.mark.parametrize(
    ("number", "total", "range_text", "links"),
    [
        (1, 0, None, 0),
        (1, 20, "1–20 of 20", 0),
        (1, 21, "1–20 of 21", 3),
        (2, 21, "21–21 of 21", 3),
        (5, 200, "81–100 of 200", 7),
    ],
)
def test_pages_are_counted(app: Flask, number: int, total: int, range_text: str | None, links: int) -> None:
    page = {"page": number, "page_size": 20, "total": total, "total_pages": -(-total // 20)}
    template = '{% import "console/macros/pagination.html" as p %}{{ p.pages(page) }}'
    with app.test_request_context("/console/people"):
        text = render_template_string(template, page=page)
    assert (range_text is None) == (text == "")
    assert (range_text or "") in text
    assert text.count("<a ") == links


def test_a_flash_can_be_undone(app: Flask) -> None:
    template = '{% import "console/macros/messages.html" as messages %}{{ messages.toasts() }}'
    with app.test_request_context("/console"):
        flash({"text": "Suspended <b>", "undo_url": "/console/undo"}, "success")
        flash("Odd", "message")
        text = render_template_string(template)
    assert 'action="/console/undo"' in text
    assert "Suspended &lt;b&gt;" in text
    assert "tone-info" in text
