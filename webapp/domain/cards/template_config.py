"""``template_config``: the fields that a template declares, its size, and the values that cards give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from webapp.domain.cards.fields import Color, ImageAddress, Number
from webapp.domain.cards.models import MESSAGE_MAX, SENDER_MAX, TITLE_MAX, URL_MAX
from webapp.domain.content.fields import FieldKind, JsonObject, Text, escape
from webapp.kernel.errors import FieldError

FIELDS_MAX = 40
CHOICES_MAX = 50
SIDE_MIN, SIDE_MAX = 100, 4_000
DEFAULT_SIDE = 1080
LABEL_MAX = 100
TYPES = ("text", "number", "choice", "color", "image")
MEMBERS = frozenset({"name", "label", "type", "default", "required", "maximum", "choices"})
OWN = {"message": MESSAGE_MAX, "title": TITLE_MAX, "sender_name": SENDER_MAX, "custom_image_url": URL_MAX}
"""What every card has; a template may declare these to limit or require them."""
RESERVED = frozenset({"festival"})
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

Config = Mapping[str, Any]


def config_errors(config: Any) -> list[FieldError]:
    """Everything that is wrong with a template's configuration; members we know nothing of are kept."""
    _, errors = JsonObject().read(config, "/template_config")
    if errors:
        return errors
    side = Number(SIDE_MIN, SIDE_MAX)
    for name in ("width", "height"):
        if name in config:
            errors += side.read(config[name], f"/template_config/{name}")[1]
    declared = config.get("fields", [])
    if not isinstance(declared, list):
        return [*errors, FieldError("/template_config/fields", "Must be a list.", "invalid_type")]
    if len(declared) > FIELDS_MAX:
        detail = f"Must have at most {FIELDS_MAX} entries."
        return [*errors, FieldError("/template_config/fields", detail, "too_long")]
    seen: set[str] = set()
    for position, field in enumerate(declared):
        errors += _field_errors(field, f"/template_config/fields/{position}", seen)
    return errors


def _field_errors(field: Any, pointer: str, seen: set[str]) -> Iterator[FieldError]:
    if not isinstance(field, dict):
        yield FieldError(pointer, "Must be an object.", "invalid_type")
        return
    for name in field.keys() - MEMBERS:
        yield FieldError(f"{pointer}/{escape(name)}", "This field is not known.", "unknown_field")
    name, type_ = field.get("name"), field.get("type", "text")
    if not isinstance(name, str) or not NAME.fullmatch(name) or name in RESERVED:
        yield FieldError(f"{pointer}/name", "Must be a name of a–z, 0–9 and _.", "invalid_name")
    elif name in seen:
        yield FieldError(f"{pointer}/name", "Another field has this name.", "taken")
    else:
        seen.add(name)
    if type_ not in TYPES:
        yield FieldError(f"{pointer}/type", f"Must be one of: {', '.join(TYPES)}.", "invalid_choice")
        return
    if "label" in field:
        yield from Text(LABEL_MAX, is_line=True).read(field["label"], f"{pointer}/label")[1]
    if not isinstance(field.get("required", False), bool):
        yield FieldError(f"{pointer}/required", "Must be true or false.", "invalid_type")
    if "maximum" in field:
        yield from Number(1).read(field["maximum"], f"{pointer}/maximum")[1]
    if type_ == "choice" and not _are_choices(field.get("choices")):
        yield FieldError(f"{pointer}/choices", "Must be a list of texts.", "invalid_type")
    elif field.get("default") is not None:
        yield from _kind(field).read(field["default"], f"{pointer}/default")[1]


def _are_choices(choices: Any) -> bool:
    return (
        isinstance(choices, list)
        and 0 < len(choices) <= CHOICES_MAX
        and all(isinstance(choice, str) and len(choice) <= LABEL_MAX for choice in choices)
    )


class _Choice:
    """One of a few texts."""

    def __init__(self, choices: list[str]) -> None:
        self.choices = choices

    def read(self, value: Any, pointer: str) -> tuple[Any, list[FieldError]]:
        if value not in self.choices:
            detail = f"Must be one of: {', '.join(self.choices)}."
            return None, [FieldError(pointer, detail, "invalid_choice")]
        return value, []


def _kind(field: Mapping[str, Any]) -> FieldKind:
    maximum = field.get("maximum")
    match field.get("type", "text"):
        case "number":
            return Number(0, maximum) if isinstance(maximum, int) else Number()
        case "choice":
            return _Choice(field["choices"])
        case "color":
            return Color()
        case "image":
            return ImageAddress(URL_MAX)
    limit = OWN.get(field.get("name", ""), MESSAGE_MAX)
    return Text(min(maximum, limit) if isinstance(maximum, int) else limit)


def size_of(config: Config) -> tuple[int, int]:
    """Width and height in CSS pixels for which a template is drawn."""
    return config.get("width", DEFAULT_SIDE), config.get("height", DEFAULT_SIDE)


def read_values(config: Config, own: Config, values: Any) -> tuple[dict[str, Any], list[FieldError]]:
    """What a template is given: ``own`` fields of the card and ``values`` of declared ones, with defaults.

    Everything that is wrong with them is named at once.
    """
    if not isinstance(values, dict):
        return {}, [FieldError("/values", "Must be an object.", "invalid_type")]
    declared = {field["name"]: field for field in config.get("fields", [])}
    errors = [
        FieldError(f"/values/{escape(name)}", "The template has no such field.", "unknown_field")
        for name in values
        if name not in declared or name in OWN
    ]
    filled: dict[str, Any] = dict(own)
    for name, field in declared.items():
        pointer = f"/{name}" if name in OWN else f"/values/{name}"
        value = own.get(name) if name in OWN else values.get(name)
        if value is None or value == "":
            filled[name] = field.get("default")
            if field.get("required") and filled[name] is None:
                errors.append(FieldError(pointer, "This field is required.", "required"))
            continue
        filled[name], found = _kind(field).read(value, pointer)
        errors += found
    return filled, errors
