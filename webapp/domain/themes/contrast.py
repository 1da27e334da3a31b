"""Contrast for people: one pair checked, a whole theme reported, and every failing pair mended.

Text needs 4.5:1 and parts of the interface need 3:1 (WCAG 2.2, AA). A report holds the pairs that pages
really show, in both schemes; derived colours stand in it beside those that a person chose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

from webapp.domain.themes.color import (
    DEFICIENCIES,
    WHITE,
    Deficiency,
    Rgb,
    difference,
    hex_of,
    over,
    parse,
    simulate,
)
from webapp.domain.themes.document import COLOR_NAMES
from webapp.domain.themes.scheme import Scheme, SchemeName, resolve
from webapp.domain.themes.wcag import (
    ENHANCED_TEXT,
    INTERFACE,
    LARGE_TEXT,
    TEXT,
    black_or_white,
    nearest_passing,
    ratio,
)

Vision = Literal["normal", "protan", "deutan", "tritan"]
VISIONS: tuple[Vision, ...] = ("normal", *DEFICIENCIES)

STATUS_NAMES = ("error", "success", "warning", "info")
CONFUSABLE_BELOW = 0.1
"""Distance in OKLab under which two marks that stand apart on a page are taken for one colour."""

_PART_NAMES = tuple(name for name in COLOR_NAMES if name not in ("background", "text"))
_SECTIONS: Mapping[SchemeName, str] = {"light": "colors", "dark": "dark_mode"}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The nearest foreground that passes, as hex with its ratio.

    ``code`` is ``contrast_unreachable`` when none does; then it is the best there is.
    """

    color: str
    ratio: float
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The ratio of two colours, whether it passes ``aa``, ``aa_large``, ``aaa``, and a better foreground."""

    ratio: float
    passes: Mapping[str, bool]
    suggestion: Suggestion | None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two colours of one scheme that lie on each other.

    ``id`` is stable, such as ``light/text-on-background``; ``pointer`` leads to the field that a fix would
    change; ``ratios`` are what people with each kind of sight get, ``ratio`` the first of them.
    """

    id: str
    scheme: SchemeName
    foreground: str
    background: str
    pointer: str
    foreground_color: str
    background_color: str
    ratio: float
    target: float
    passes: bool
    suggestion: Suggestion | None
    ratios: Mapping[Vision, float]


@dataclass(frozen=True, slots=True)
class Confusion:
    """Two status colours that look alike to people who lack one kind of cones."""

    scheme: SchemeName
    first: str
    second: str
    vision: Deficiency
    difference: float


@dataclass(frozen=True, slots=True)
class Report:
    """All pairs; how many are under their target, by scheme and kind of sight; confusable status colours."""

    pairs: tuple[Pair, ...]
    failing: Mapping[SchemeName, Mapping[Vision, int]]
    confusions: tuple[Confusion, ...]


def check(foreground: str, background: str, *, target: float = TEXT) -> Check:
    """Compare two CSS colours; a translucent background lies on white. Raises ColorError.

    There is a suggestion only when ``target`` is not reached.
    """
    ground = over(parse(background), WHITE)
    ink = over(parse(foreground), ground)
    found = ratio(ink, ground)
    passes = {"aa": found >= TEXT, "aa_large": found >= LARGE_TEXT, "aaa": found >= ENHANCED_TEXT}
    return Check(found, passes, _suggest(ink, ground, target))


def report(document: Mapping[str, Any]) -> Report:
    """Measure a checked document."""
    schemes = resolve(document)
    pairs = tuple(pair for name, scheme in schemes.items() for pair in _pairs(name, scheme))
    failing = {
        name: {
            vision: sum(pair.ratios[vision] < pair.target for pair in pairs if pair.scheme == name)
            for vision in VISIONS
        }
        for name in schemes
    }
    confusions = tuple(found for name, scheme in schemes.items() for found in _confusions(name, scheme))
    return Report(pairs, failing, confusions)


def fix_all(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A copy of a checked document in which every pair passes; only failing foregrounds are changed.

    Colours that the dark scheme derives pass anyway and stay derived.
    """
    fixed = {section: dict(fields) for section, fields in document.items()}
    for pair in report(document).pairs:
        if pair.suggestion is not None:
            _, section, name = pair.pointer.split("/")
            fixed[section][name] = pair.suggestion.color
    return fixed


def _pairs(name: SchemeName, scheme: Scheme) -> Iterator[Pair]:
    colors = {**scheme.derived, **scheme.solid}
    for foreground, background, field, target in _PLAN:
        ink, ground = colors[foreground], colors[background]
        ratios = {vision: ratio(_seen(ink, vision), _seen(ground, vision)) for vision in VISIONS}
        suggestion = _suggest(ink, ground, target)
        yield Pair(
            id=f"{name}/{foreground}-on-{background}",
            scheme=name,
            foreground=foreground,
            background=background,
            pointer=f"/{_SECTIONS[name]}/{field}",
            foreground_color=hex_of(ink),
            background_color=hex_of(ground),
            ratio=ratios["normal"],
            target=target,
            passes=suggestion is None,
            suggestion=suggestion,
            ratios=ratios,
        )


def _pair_plan() -> Iterator[tuple[str, str, str, float]]:
    """Foreground, background, the field that decides the foreground, and the target."""
    yield "text", "background", "text", TEXT
    yield "text", "surface", "text", TEXT
    for ground in ("background", "surface"):
        yield "text-muted", ground, "text", TEXT
    for name in _PART_NAMES:
        yield name, "background", name, INTERFACE
        yield f"{name}-text", "background", name, TEXT
        yield f"on-{name}", name, name, TEXT
    yield "border", "background", "text", INTERFACE
    yield "focus", "background", "primary", INTERFACE


_PLAN = tuple(_pair_plan())


def _suggest(ink: Rgb, ground: Rgb, target: float) -> Suggestion | None:
    if ratio(ink, ground) >= target:
        return None
    nearest = nearest_passing(ink, (ground,), target)
    best = nearest or black_or_white(ground)
    return Suggestion(hex_of(best), ratio(best, ground), None if nearest else "contrast_unreachable")


def _confusions(name: SchemeName, scheme: Scheme) -> Iterator[Confusion]:
    for first, second in combinations(STATUS_NAMES, 2):
        for vision in DEFICIENCIES:
            apart = difference(simulate(scheme.solid[first], vision), simulate(scheme.solid[second], vision))
            if apart < CONFUSABLE_BELOW:
                yield Confusion(name, first, second, vision, apart)


def _seen(rgb: Rgb, vision: Vision) -> Rgb:
    return rgb if vision == "normal" else simulate(rgb, vision)
