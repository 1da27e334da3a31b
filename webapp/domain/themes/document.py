"""The theme document: its sections and fields, how each is checked, and how changes are merged into it.

The shape is THEMES': ``colors``, ``dark_mode``, ``typography``, ``spacing``, ``border_radius``. Six colours
of ``dark_mode`` are optional, and derived from ``colors`` where missing. Values stay as a person wrote them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial as bind
from typing import Any, Final

from webapp.domain.themes.color import parse
from webapp.domain.themes.fonts import read_families
from webapp.domain.themes.values import TokenError, read_dimension, read_ratio, read_text
from webapp.kernel.errors import FieldError, Invalid

COLOR_NAMES: Final = (
    "primary",
    "secondary",
    "accent",
    "background",
    "text",
    "error",
    "success",
    "warning",
    "info",
)
DARK_REQUIRED: Final = ("background", "text", "primary")
DARK_OPTIONAL: Final = tuple(name for name in COLOR_NAMES if name not in DARK_REQUIRED)

# Least and greatest value for each unit that a field takes.
BASE_SIZE: Final = {"px": (8.0, 72.0), "rem": (0.5, 4.5)}
BASE_UNIT: Final = {"px": (1.0, 64.0), "rem": (0.0625, 4.0)}
RADIUS: Final = {"px": (0.0, 9999.0), "rem": (0.0, 625.0), "em": (0.0, 625.0), "%": (0.0, 100.0)}

Document = dict[str, dict[str, Any]]

DEFAULT_DOCUMENT: Final[Document] = {
    "colors": {
        "primary": "#8B5CF6",
        "secondary": "#D946EF",
        "accent": "#F97316",
        "background": "#FFFFFF",
        "text": "#222222",
        "error": "#EA384C",
        "success": "#10B981",
        "warning": "#F59E0B",
        "info": "#0EA5E9",
    },
    "dark_mode": {"background": "#1A1F2C", "text": "#FFFFFF", "primary": "#9B87F5"},
    "typography": {
        "font_family": "Inter, sans-serif",
        "heading_font": "Inter, sans-serif",
        "base_size": "16px",
        "scale_ratio": 1.25,
    },
    "spacing": {"base_unit": "4px", "scale_ratio": 2},
    "border_radius": {"small": "4px", "medium": "8px", "large": "16px", "round": "50%"},
}


def _read_color(value: object) -> object:
    return parse(read_text(value))


_read_radius = bind(read_dimension, bounds=RADIUS)

SECTIONS: Final[Mapping[str, Mapping[str, Callable[[object], object]]]] = {
    "colors": dict.fromkeys(COLOR_NAMES, _read_color),
    "dark_mode": dict.fromkeys(COLOR_NAMES, _read_color),
    "typography": {
        "font_family": read_families,
        "heading_font": read_families,
        "base_size": bind(read_dimension, bounds=BASE_SIZE),
        "scale_ratio": read_ratio,
    },
    "spacing": {"base_unit": bind(read_dimension, bounds=BASE_UNIT), "scale_ratio": read_ratio},
    "border_radius": dict.fromkeys(("small", "medium", "large", "round"), _read_radius),
}


def check_document(data: object, *, partial: bool = False) -> Document:
    """The document in a canonical order of sections and fields, its values untouched.

    With ``partial`` any field may be missing. ``null`` for an optional colour of ``dark_mode`` means that it
    is derived. Raises Invalid with every wrong field, also with unknown and missing ones.
    """
    if not isinstance(data, Mapping):
        raise Invalid([FieldError("", "Must be an object.", "invalid_type")])
    errors = [_unknown((key,)) for key in data if key not in SECTIONS]
    document: Document = {}
    for section, fields in SECTIONS.items():
        if section not in data:
            errors += [] if partial else [_missing(section)]
        elif isinstance(data[section], Mapping):
            document[section], found = _check_section(section, fields, data[section], partial)
            errors += found
        else:
            errors.append(FieldError(f"/{section}", "Must be an object.", "invalid_type"))
    if errors:
        raise Invalid(errors)
    return document


def merge(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """``document`` with the fields of ``changes`` instead of its own, section by section; neither is altered.

    ``null`` for an optional colour of ``dark_mode`` removes it. Nothing is checked here: what is no section
    is left out, and a section that is no object replaces the old one, for ``check_document`` to refuse.
    """
    merged: dict[str, Any] = {}
    for section in SECTIONS:
        old, new = document.get(section, {}), changes.get(section, {})
        fields = {**old, **new} if isinstance(old, Mapping) and isinstance(new, Mapping) else new
        if section == "dark_mode" and isinstance(fields, dict):
            fields = {name: value for name, value in fields.items() if not _is_unset(section, name, value)}
        merged[section] = fields
    return merged


def _check_section(
    section: str, fields: Mapping[str, Callable[[object], object]], data: Mapping[Any, Any], partial: bool
) -> tuple[dict[str, Any], list[FieldError]]:
    errors = [_unknown((section, key)) for key in data if key not in fields]
    values: dict[str, Any] = {}
    for name, read in fields.items():
        optional = _is_optional(section, name)
        if name not in data:
            errors += [] if partial or optional else [_missing(f"{section}/{name}")]
        elif _is_unset(section, name, data[name]):
            values.update({name: None} if partial else {})
        else:
            try:
                read(data[name])
            except TokenError as error:
                errors.append(FieldError(f"/{section}/{name}", error.detail, error.code))
            values[name] = data[name]
    return values, errors


def _is_optional(section: str, name: str) -> bool:
    return section == "dark_mode" and name in DARK_OPTIONAL


def _is_unset(section: str, name: str, value: object) -> bool:
    return value is None and _is_optional(section, name)


def _missing(path: str) -> FieldError:
    return FieldError(f"/{path}", "This field is required.", "required")


def _unknown(path: tuple[object, ...]) -> FieldError:
    # A key is the sender's own text: it may be anything, also what JSON cannot carry back.
    keys = (str(key)[:64].encode("utf-8", "replace").decode() for key in path)
    pointer = "".join("/" + key.replace("~", "~0").replace("/", "~1") for key in keys)
    return FieldError(pointer, "This field is not known.", "unknown_field")
