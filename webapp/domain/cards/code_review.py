"""Looking a template's code over: what is wrong with its Liquid, and what looks wrong in its HTML and CSS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import tinycss2

from webapp.domain.cards.liquid_code import parse
from webapp.domain.cards.template_parts import Parts

VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr")
)
LEFT_OPEN = frozenset(
    (
        *("body", "dd", "dt", "head", "html", "li", "optgroup", "option", "p", "rp", "rt"),
        *("tbody", "td", "tfoot", "th", "thead", "tr"),
    )
)
"""Elements that HTML closes by itself."""
FINDINGS_MAX = 20
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LINE = re.compile(r"Line (\d+): ")
_ASIDE = re.compile(r"/\*.*?\*/|\"[^\"\n]*\"|'[^'\n]*'", re.DOTALL)
_OUTSIDE = re.compile(r"""(?:src=|href=|url\()\s*["']?(https?:)?//""", re.IGNORECASE)
_NO_RULE = "A declaration needs a colon, a rule its braces."


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about a line of a part. An error keeps the template from being saved."""

    part: str
    line: int
    detail: str
    is_error: bool = False


def review(parts: Parts) -> list[Finding]:
    """What is wrong with the code, in the order of its lines."""
    found = [*_liquid(parts), *_outside(parts), *_html(parts.html), *_css(parts.css)]
    found.sort(key=lambda finding: (not finding.is_error, finding.part, finding.line))
    return found[:FINDINGS_MAX]


def _liquid(parts: Parts) -> Iterator[Finding]:
    for error in parse(parts.code)[1] if parts.code else ():
        named = _LINE.match(error.detail)
        part, line = parts.place(int(named[1])) if named else ("html", 1)
        yield Finding(part, line, error.detail[named.end() if named else 0 :], is_error=True)


def _outside(parts: Parts) -> Iterator[Finding]:
    for part in ("html", "css"):
        text = getattr(parts, part)
        for match in _OUTSIDE.finditer(text):
            detail = "Cards load nothing from other sites; upload the file and use its /media/ address."
            yield Finding(part, _line_of(text, match.start()), detail)


def _line_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _masked(text: str) -> str:
    """The text without Liquid, each line where it was: values are words, tags are nothing."""

    def mask(match: re.Match[str]) -> str:
        filler = "x" if match[0].startswith("{{") else " "
        return re.sub(r"[^\n]", filler, match[0])

    return _LIQUID.sub(mask, text)


class _Elements(HTMLParser):
    """Which elements are not closed, and which closing tags have no element."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, int]] = []
        self.findings: list[Finding] = []
        self.feed(_masked(html))
        self.close()
        for tag, line in self.open:
            self._note_open(tag, line)

    def _note_open(self, tag: str, line: int) -> None:
        if tag not in LEFT_OPEN:
            self.findings.append(Finding("html", line, f"<{tag}> is never closed."))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append((tag, self.getpos()[0]))
        for name in dict(attrs):
            if name.startswith("on"):
                detail = f"{name} does nothing where scripts are off; put it into JavaScript."
                self.findings.append(Finding("html", self.getpos()[0], detail))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Elements of SVG close themselves."""

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if tag not in [name for name, _ in self.open]:
            detail = f"</{tag}> closes nothing."
            self.findings.append(Finding("html", self.getpos()[0], detail))
            return
        while (last := self.open.pop())[0] != tag:
            self._note_open(*last)


def _html(html: str) -> list[Finding]:
    return _Elements(html).findings


def _css(css: str) -> Iterator[Finding]:
    text = _masked(css)
    yield from _braces(text)
    yield from _rules(tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True))


def _rules(nodes: list[Any]) -> Iterator[Finding]:
    for node in nodes:
        if node.type == "error":
            yield Finding("css", node.source_line, _NO_RULE if "EOF" in node.message else f"{node.message}.")
        elif node.type in ("qualified-rule", "at-rule") and node.content is not None:
            yield from _rules(tinycss2.parse_blocks_contents(node.content, True, True))


def _braces(css: str) -> Iterator[Finding]:
    """The brace that is never closed, which swallows all rules after it."""
    text = _ASIDE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), css)
    open_lines: list[int] = []
    for match in re.finditer(r"[{}]", text):
        if match[0] == "{":
            open_lines.append(_line_of(text, match.start()))
        elif open_lines:
            open_lines.pop()
    for line in open_lines:
        yield Finding("css", line, "This { is never closed.")
