"""Every mail in every language: complete, escaped, in the theme's colours, and asking no other host."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest

from webapp.adapters.mail.templates import LINES, PARAGRAPHS, TemplateRenderer
from webapp.domain.mail.kinds import KINDS
from webapp.domain.themes.document import DEFAULT_DOCUMENT
from webapp.domain.themes.mail_look import look_of_document

FOLDER = Path(__file__).resolve().parents[3] / "templates" / "mail"
RENDERER = TemplateRenderer(FOLDER)
LOOK = look_of_document(DEFAULT_DOCUMENT)
URL = "https://rangoli.example.org/console/reset-password/to&ken"
HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}<mj-raw>"


def facts(kind: str, **changes: object) -> dict[str, object]:
    return {"site_name": "Rangoli", "name": "A florist", "url": URL, **KINDS[kind].sample, **changes}


@pytest.mark.parametrize("language", RENDERER.languages)
@pytest.mark.parametrize("kind", KINDS)
def test_every_mail_in_every_language(kind: str, language: str) -> None:
    mail = RENDERER.render(kind, language, facts(kind), LOOK)
    assert mail.subject
    assert "\n" not in mail.subject
    has_button = KINDS[kind].page is not None
    assert (URL in mail.text) is has_button
    assert (URL.replace("&", "&amp;") in mail.html) is has_button
    for value in KINDS[kind].sample.values():
        for word in value if isinstance(value, list) else [value]:
            assert str(word) in mail.text
            assert str(word) in unescape(mail.html)
    assert f'lang="{language}"' in mail.html


@pytest.mark.parametrize("language", RENDERER.languages)
def test_a_language_has_the_same_parts_as_english(language: str) -> None:
    words, english = RENDERER.words[language], RENDERER.words["en"]
    assert list(words.kinds) == list(english.kinds) == list(KINDS)
    for kind, parts in words.kinds.items():
        assert list(parts) == list(english.kinds[kind])
        assert set(parts) <= {*LINES, *PARAGRAPHS}
    assert list(words.shared) == list(english.shared)


def tags(html: str) -> set[str]:
    """The names of all elements, and of their attributes, as a browser reads them."""
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.update((tag, *(f"{tag}@{name}" for name, _ in attrs)))

    Reader().feed(html)
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_what_people_wrote_is_text(kind: str) -> None:
    values = {name: HOSTILE if isinstance(value, str) else value for name, value in facts(kind).items()}
    mail = RENDERER.render(kind, "en", {**values, "names": [HOSTILE], "url": URL}, LOOK)
    assert tags(mail.html) == tags(RENDERER.render(kind, "en", facts(kind), LOOK).html)
    assert "script" not in tags(mail.html)
    assert HOSTILE in mail.text
    assert "49" not in mail.text


def test_line_breaks_and_directions_are_dropped_and_those_of_a_reason_kept() -> None:
    mail = RENDERER.render(
        "rejected", "en", facts("rejected", site_name="Ran\r\ngoli\u202e", reason="One.\nTwo.\x07"), LOOK
    )
    assert mail.subject == "Your registration at Ran goli"
    assert "> One.\n> Two.\n" in mail.text
    assert "\x07" not in mail.html


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_fetched(kind: str) -> None:
    html = RENDERER.render(kind, "en", facts(kind), LOOK).html
    found = set(re.findall(r"""https?://[^"' <]+""", html)) - {"http://www.w3.org/1999/xhtml"}
    assert found <= {URL.replace("&", "&amp;")}
    assert not re.search(r"<link|<img|@import|url\(", html)


def test_a_stylesheet_of_another_host_would_not_be_fetched() -> None:
    from webapp.adapters.mail.templates import _INLINER

    html = '<link rel="stylesheet" href="http://127.0.0.1:9/x.css"><p>Text</p>'
    assert "Text" in _INLINER.inline(html)


def test_both_schemes_of_the_theme() -> None:
    html = RENDERER.render("approved", "en", facts("approved"), LOOK).html
    light, _, dark = html.partition("prefers-color-scheme: dark")
    assert LOOK.light["primary"] == "#8b5cf6"
    assert LOOK.light["primary"] in light + dark.partition("</style>")[2]
    for name in ("background", "surface", "text", "primary", "on-primary"):
        assert LOOK.dark[name] in dark.partition("</style>")[0]
    assert "padding" in re.findall(r'<td[^>]*class="action"[^>]*style="([^"]*)"', html)[0]


@pytest.mark.parametrize(("asked", "given"), [("hi-IN", "hi"), ("en-GB", "en"), ("xx", "en"), ("", "en")])
def test_an_unknown_language_falls_back(asked: str, given: str) -> None:
    assert f'lang="{given}"' in RENDERER.render("welcome", asked, facts("welcome"), LOOK).html


def test_the_language_of_a_file_is_there_as_soon_as_the_file_is(tmp_path: Path) -> None:
    for path in FOLDER.rglob("*.*"):
        target = tmp_path / path.relative_to(FOLDER)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text())
    arabic = (
        (FOLDER / "languages" / "en.toml").read_text().replace('"ltr"', '"rtl"').replace("English", "عربي")
    )
    (tmp_path / "languages" / "ar.toml").write_text(arabic)
    renderer = TemplateRenderer(tmp_path)
    assert renderer.languages["ar"] == "عربي"
    assert 'dir="rtl"' in renderer.render("welcome", "ar", facts("welcome"), LOOK).html
