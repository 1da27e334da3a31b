"""The code of a template in three parts, as people edit it: CSS, HTML and JavaScript.

A template is one text: a ``<style>`` in front, then HTML, then a ``<script>`` at the end. Code of another
form is all HTML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STYLE = re.compile(r"\s*<style>\n?(.*?)\n?</style>\n?", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"\n?<script>\n?((?:(?!</?script).)*?)\n?</script>\s*\Z", re.DOTALL | re.IGNORECASE)
NAMES = ("html", "css", "js")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a template is made of."""

    html: str
    css: str = ""
    js: str = ""

    @property
    def code(self) -> str:
        """The parts as one text."""
        style = f"<style>\n{self.css}\n</style>\n" if self.css.strip() else ""
        script = f"\n<script>\n{self.js}\n</script>" if self.js.strip() else ""
        return f"{style}{self.html}{script}"

    @property
    def first_lines(self) -> dict[str, int]:
        """The line of ``code`` on which each part that is there begins."""
        html = self.css.count("\n") + 4 if self.css.strip() else 1
        lines = {"html": html}
        if self.css.strip():
            lines["css"] = 2
        if self.js.strip():
            lines["js"] = html + self.html.count("\n") + 2
        return lines

    def place(self, line: int) -> tuple[str, int]:
        """The part in which a line of ``code`` stands, and which of its lines it is."""
        starts = sorted(((start, name) for name, start in self.first_lines.items()), reverse=True)
        start, name = next((each for each in starts if each[0] <= line), (line, "html"))
        length = getattr(self, name).count("\n") + 1
        return name, min(line - start + 1, length)


def split_code(code: str) -> Parts:
    """The parts of a template's code."""
    css = js = ""
    if style := _STYLE.match(code):
        css, code = style[1], code[style.end() :]
    if script := _SCRIPT.search(code):
        js, code = script[1], code[: script.start()]
    return Parts(code, css, js)
