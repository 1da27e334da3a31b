"""Mails from templates: one layout in MJML, one for plain text, and the words of each language in a file.

What people wrote is escaped by Jinja before MJML reads the document, and MJML keeps it escaped; no template
uses ``mj-raw``. Nothing is fetched: no fonts, no stylesheets.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup
from mjml import mjml2html

from webapp.ports import MailLook, RenderedMail

FALLBACK = "en"
LINES = ("subject", "preview", "heading", "quote", "button")
PARAGRAPHS = ("body", "note")

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What no line of a mail may hold: control characters but the line feed, and changes of direction."""

_INLINER = css_inline.CSSInliner(
    keep_style_tags=True,
    keep_at_rules=True,
    remove_inlined_selectors=True,
    load_remote_stylesheets=False,
)


@dataclass(frozen=True)
class Language:
    """The words of one file. Each is a small Jinja template."""

    code: str
    name: str
    direction: str
    shared: Mapping[str, str]
    kinds: Mapping[str, Mapping[str, Any]]

    @classmethod
    def from_file(cls, path: Path) -> Language:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls(path.stem, words.pop("name"), words.pop("direction"), words.pop("shared"), words)


class TemplateRenderer:
    """Renders the templates in ``folder``; its ``languages`` folder has a TOML file for each language."""

    def __init__(self, folder: Path) -> None:
        options: dict[str, Any] = {"undefined": StrictUndefined, "loader": FileSystemLoader(folder)}
        self.folder = folder
        self.html = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, **options)
        self.text = Environment(autoescape=False, trim_blocks=True, lstrip_blocks=True, **options)  # noqa: S701  plain text

    @cached_property
    def words(self) -> Mapping[str, Language]:
        files = sorted((self.folder / "languages").glob("*.toml"))
        return {path.stem: Language.from_file(path) for path in files}

    @property
    def languages(self) -> Mapping[str, str]:
        return {code: language.name for code, language in self.words.items()}

    def render(self, kind: str, language: str, values: Mapping[str, Any], look: MailLook) -> RenderedMail:
        """The mail of ``kind``. KeyError for a kind without words, UndefinedError for a missing value."""
        words = self._language(language)
        clean = {name: _clean(value) for name, value in values.items()}
        frame: dict[str, Any] = {
            "language": words.code,
            "direction": words.direction,
            "look": look,
            "url": clean.get("url"),
        }
        page = frame | self._fill(self.html, words, kind, clean)
        plain = frame | self._fill(self.text, words, kind, clean)
        mjml = self.html.get_template("mail.mjml").render(page)
        html = _INLINER.inline(mjml2html(mjml, disable_comments=True, fonts={}))
        text = self.text.get_template("mail.txt").render(plain)
        return RenderedMail(" ".join(plain["subject"].split()), html, text.strip() + "\n")

    def _language(self, code: str) -> Language:
        return self.words.get(code) or self.words.get(code.split("-")[0]) or self.words[FALLBACK]

    @staticmethod
    def _fill(
        environment: Environment, words: Language, kind: str, values: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The words of ``kind`` with ``values`` in them, escaped as ``environment`` does it."""

        def fill(text: str) -> str:
            filled = _compiled(environment, text).render(values)
            return Markup(filled) if environment.autoescape else filled  # noqa: S704  escaped a line above

        found = words.kinds[kind]
        return (
            {name: fill(text) for name, text in words.shared.items()}
            | {name: fill(found[name]) if name in found else None for name in LINES}
            | {name: [fill(text) for text in found.get(name, ())] for name in PARAGRAPHS}
        )


@lru_cache(maxsize=1024)
def _compiled(environment: Environment, text: str) -> Template:
    """The template of some words. Compiling those of one mail takes longer than all else about it."""
    return environment.from_string(text)


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _CONTROLS.sub("", value)
    return [_clean(entry) for entry in value] if isinstance(value, list) else value
