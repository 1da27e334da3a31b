"""What the editor shows beside its fields: shipped colours, contrast of their pairs, errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.console.themes.tokens import TOKENS, Token, field_of, to_changes, to_fields
from webapp.domain.themes import contrast
from webapp.domain.themes.color import hex_of
from webapp.domain.themes.commands import name_errors
from webapp.domain.themes.contrast import Pair, Report
from webapp.domain.themes.document import Document, check_document, merge
from webapp.domain.themes.scheme import resolve
from webapp.kernel.errors import FieldError, Invalid

_PAIR_LABELS = {
    "text-on-background": "On the background",
    "text-on-surface": "On cards",
    "text-muted-on-background": "Quiet text",
    "text-muted-on-surface": "Quiet text on cards",
    "border-on-background": "Borders",
    "focus-on-background": "Focus ring",
}


@dataclass(frozen=True, slots=True)
class ColorState:
    """A colour as it is shipped, opaque as ``hex`` and whole as ``css``, and the pairs that it decides."""

    hex: str
    css: str
    is_derived: bool
    pairs: Sequence[Pair]

    @property
    def shown(self) -> list[Pair]:
        """The pairs worth a line beside the field: what was chosen, and whatever fails."""
        return [pair for pair in self.pairs if not pair.passes or _is_main(pair)]


@dataclass(frozen=True, slots=True)
class Draft:
    """Unsaved values. ``document`` is sound: the saved value stands in for each wrong one."""

    document: Document
    errors: Sequence[FieldError]

    def errors_by_field(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for error in self.errors:
            found.setdefault(field_of(error.pointer), []).append(error.detail)
        return found


@dataclass(frozen=True, slots=True)
class Survey:
    """``colors`` by the form's field, and the whole report."""

    colors: Mapping[str, ColorState]
    report: Report

    @property
    def failing(self) -> list[Pair]:
        return [pair for pair in self.report.pairs if not pair.passes]


def read_draft(saved: Mapping[str, Any], fields: Mapping[str, str]) -> Draft:
    """What the form holds, on top of the ``saved`` document."""
    changes = to_changes(fields)
    wrong_name = name_errors(fields.get("name", ""))
    try:
        return Draft(check_document(merge(saved, changes)), wrong_name)
    except Invalid as invalid:
        for error in invalid.errors:
            section, _, name = error.pointer.strip("/").partition("/")
            changes[section].pop(name, None)
        return Draft(check_document(merge(saved, changes)), [*wrong_name, *invalid.errors])


def survey(document: Document) -> Survey:
    """Measure a sound document for the editor."""
    schemes, report = resolve(document), contrast.report(document)
    colors = {}
    for token in TOKENS:
        if token.is_color:
            scheme = schemes["light" if token.section == "colors" else "dark"]
            pairs = [pair for pair in report.pairs if field_of(pair.pointer) == token.field]
            solid, shipped = hex_of(scheme.solid[token.name]), scheme.colors[token.name].css
            derived = scheme.origins[token.name] == "derived"
            colors[token.field] = ColorState(solid, shipped, derived, pairs)
    return Survey(colors, report)


def fixed_fields(document: Document, wanted: str) -> dict[str, str]:
    """The fields that mend one failing pair (its id) or ``all`` of them, with their new values."""
    if wanted == "all":
        before, after = to_fields(document), to_fields(contrast.fix_all(document))
        return {name: value for name, value in after.items() if value != before[name]}
    return {
        field_of(pair.pointer): pair.suggestion.color
        for pair in contrast.report(document).pairs
        if pair.id == wanted and pair.suggestion
    }


def pair_label(pair: Pair) -> str:
    """What lies on what, in a few words that follow the colour's own name."""
    _, _, name = pair.id.partition("/")
    if name in _PAIR_LABELS:
        return _PAIR_LABELS[name]
    if pair.foreground.startswith("on-"):
        return "Text on it"
    return "As text" if pair.foreground.endswith("-text") else "On the background"


def pair_title(pair: Pair) -> str:
    """The same for a list of pairs, with the names of both."""
    return f"{pair.foreground} on {pair.background}, {pair.scheme}".replace("-", " ").capitalize()


def ratio_text(ratio: float) -> str:
    """A ratio cut to two decimals, never rounded up to a goal that it misses."""
    return f"{int(ratio * 100) / 100:.2f}"


def tokens_of(section: str) -> list[Token]:
    return [token for token in TOKENS if token.section == section]


def _is_main(pair: Pair) -> bool:
    name = pair.pointer.rpartition("/")[2]
    return pair.foreground in (name, f"on-{name}") and pair.background != "surface"
