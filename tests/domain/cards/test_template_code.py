"""Templates in parts: split and joined again, lines found, findings, comparisons, samples within limits."""

from __future__ import annotations

import pytest

from webapp.domain.cards.catalogue import STARTERS
from webapp.domain.cards.code_review import review
from webapp.domain.cards.liquid_code import render
from webapp.domain.cards.models import TemplateVersion
from webapp.domain.cards.samples import SAMPLES, sample_values
from webapp.domain.cards.template_config import config_errors, read_values
from webapp.domain.cards.template_parts import Parts, split_code
from webapp.domain.cards.template_preview import sample_page
from webapp.domain.cards.template_versions import compare


@pytest.mark.parametrize(
    "parts",
    [
        Parts("<p>a</p>"),
        Parts("<p>a</p>\n<b>c</b>", css="p {\n}"),
        Parts("<p>a</p>", js="let a = 1;"),
        Parts("a\n\nb", css="p {}\n\nb {}", js="1\n2"),
        Parts("<p>a</p><script src='x'></script>"),
    ],
)
def test_parts_are_found_again(parts: Parts) -> None:
    assert split_code(parts.code) == parts


def test_lines_are_found_in_their_part() -> None:
    parts = Parts("one\ntwo", css="a\nb\nc", js="x\ny")
    lines = parts.code.split("\n")
    for part, line, words in (("css", 1, "a"), ("css", 3, "c"), ("html", 2, "two"), ("js", 2, "y")):
        assert parts.place(lines.index(words) + 1) == (part, line)


def found(parts: Parts) -> list[tuple[str, int, str]]:
    return [(each.part, each.line, each.detail.split(".")[0]) for each in review(parts)]


def test_sound_code_has_nothing_wrong() -> None:
    html = "{% for i in (1..3) %}<li>{{ i }}{% endfor %}<img src='/media/a.png'><br><svg><path d='M0'/></svg>"
    css = '/* } */ p::after { content: "}"; color: {{ color }} } @media print { p { margin: 0 } }'
    assert found(Parts(html, css=css)) == []


def test_what_looks_wrong_is_named_by_line() -> None:
    html = "<div>\n</p></div>\n<p onclick=x>\n<img src='https://example.org/a.png'>"
    css = "p { color red }"
    assert found(Parts(html, css=css)) == [
        ("css", 1, "A declaration needs a colon, a rule its braces"),
        ("html", 2, "</p> closes nothing"),
        ("html", 3, "onclick does nothing where scripts are off; put it into JavaScript"),
        ("html", 4, "Cards load nothing from other sites; upload the file and use its /media/ address"),
    ]


def test_a_comparison_names_lines_of_both_sides() -> None:
    before = TemplateVersion(code="\n".join("abcdefghijk"), config={"width": 1080})
    after = TemplateVersion(code="\n".join("abcdefghiXk"), config={"width": 1080})
    changes = compare(before, after)
    assert list(changes) == ["html"]
    lines = [(line.kind, line.text, line.before, line.after) for line in changes["html"]]
    assert lines[0][0] == "gap"
    assert ("removed", "j", 10, None) in lines and ("added", "X", None, 10) in lines


@pytest.mark.parametrize("slug", STARTERS)
def test_every_starter_works_in_every_language(slug: str) -> None:
    starter = STARTERS[slug]
    config = starter.fields["template_config"]
    assert config_errors(config) == []
    assert review(split_code(starter.code)) == []
    assert starter.language in SAMPLES
    for language in SAMPLES:
        own, values = sample_values(config, language, {})
        filled, errors = read_values(config, own, values)
        assert errors == []
        body, flaws = render(starter.code, filled | {"festival": {"name": "x", "colors": []}})
        assert flaws == [] and str(filled["title"])[:5] in body


@pytest.mark.parametrize("name", ["custom_image_url", "photo"])
def test_a_required_image_is_a_sample(name: str) -> None:
    config = {"fields": [{"name": name, "type": "image", "required": True}]}
    found = sample_page("", f"<img src='{{{{ {name} }}}}'>", config, "hi", {})
    assert found.errors == []
    assert "<img src='data:image/svg+xml;base64,PHN2" in found.page.body
    own = sample_page("", f"<img src='{{{{ {name} }}}}'>", config, "hi", {name: "/media/a.png"})
    assert own.page.body == "<img src='/media/a.png'>"
    optional = {"fields": [{"name": name, "type": "image"}]}
    assert sample_page("", f"[{{{{ {name} }}}}]", optional, "hi", {}).page.body == "[]"
