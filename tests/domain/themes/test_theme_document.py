"""The theme document: every error at once, values kept as written, changes merged by section."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from webapp.domain.themes.document import (
    COLOR_NAMES,
    DARK_OPTIONAL,
    DEFAULT_DOCUMENT,
    SECTIONS,
    check_document,
    merge,
)
from webapp.kernel.errors import Invalid

HOSTILE = [
    "red;background:url(x)",
    "red}body{display:none",
    "</style><script>",
    "\\75rl(x)",
    "url(x)",
    "@import 'x'",
    "red/*",
    "*/red",
    '"open',
    "'open",
    "image-set('x' 1x)",
    "expression(x)",
    "red!important",
    "\x00",
    "\ud800",
    "\n",
    "",
    "x" * 100_000,
]


def errors_of(data: Any, *, partial: bool = False) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        check_document(data, partial=partial)
    return {error.pointer: error.code for error in refused.value.errors}


def changed(section: str, name: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(DEFAULT_DOCUMENT)
    document[section][name] = value
    return document


def test_the_default_document_is_that_of_themes() -> None:
    assert check_document(DEFAULT_DOCUMENT) == DEFAULT_DOCUMENT
    assert list(DEFAULT_DOCUMENT["colors"]) == list(COLOR_NAMES)
    assert DEFAULT_DOCUMENT["colors"]["primary"] == "#8B5CF6"
    assert DEFAULT_DOCUMENT["dark_mode"] == {"background": "#1A1F2C", "text": "#FFFFFF", "primary": "#9B87F5"}
    assert DEFAULT_DOCUMENT["spacing"] == {"base_unit": "4px", "scale_ratio": 2}


def test_values_stay_as_written_and_the_argument_is_not_shared() -> None:
    document = changed("colors", "primary", "HSL(262 , 83% , 58%)")
    checked = check_document(document)
    assert checked == document
    checked["colors"]["primary"] = "red"
    assert document["colors"]["primary"] == "HSL(262 , 83% , 58%)"


def test_the_order_of_keys_is_ours() -> None:
    reverse = {key: dict(reversed(value.items())) for key, value in reversed(DEFAULT_DOCUMENT.items())}
    checked = check_document(reverse)
    assert list(checked) == list(SECTIONS)
    assert list(checked["colors"]) == list(COLOR_NAMES)


def test_all_errors_come_at_once() -> None:
    document = copy.deepcopy(DEFAULT_DOCUMENT)
    document["colors"] |= {"primary": "nope", "text": 7, "tertiary": "red"}
    del document["colors"]["info"]
    del document["spacing"]
    document["typography"] |= {"scale_ratio": 3, "font_family": "a;b"}
    document["border_radius"] = []  # type: ignore[assignment]
    document["extra"] = {}
    assert errors_of(document) == {
        "/extra": "unknown_field",
        "/colors/tertiary": "unknown_field",
        "/colors/primary": "invalid_color",
        "/colors/text": "invalid_type",
        "/colors/info": "required",
        "/typography/font_family": "invalid_font_family",
        "/typography/scale_ratio": "out_of_range",
        "/spacing": "required",
        "/border_radius": "invalid_type",
    }


FIELDS = [(section, name) for section, fields in SECTIONS.items() for name in fields]


@pytest.mark.parametrize(("section", "name"), FIELDS)
def test_no_field_takes_a_hostile_value(section: str, name: str) -> None:
    for value in HOSTILE:
        assert list(errors_of(changed(section, name, value))) == [f"/{section}/{name}"], value


@pytest.mark.parametrize(("section", "name"), FIELDS)
def test_no_field_takes_a_value_of_another_type(section: str, name: str) -> None:
    values = [True, [], {}, b"red", float("nan"), float("inf"), 10**400]
    for value in (
        values if (section, name) in [("dark_mode", name) for name in DARK_OPTIONAL] else [*values, None]
    ):
        code = errors_of(changed(section, name, value))[f"/{section}/{name}"]
        number = name == "scale_ratio" and isinstance(value, int | float) and not isinstance(value, bool)
        assert code == ("out_of_range" if number else "invalid_type"), value


@pytest.mark.parametrize("data", [None, [], "x", 1])
def test_a_document_is_an_object(data: Any) -> None:
    assert errors_of(data) == {"": "invalid_type"}


def test_the_six_other_dark_colours_are_optional() -> None:
    document = copy.deepcopy(DEFAULT_DOCUMENT)
    document["dark_mode"]["accent"] = "#abc"
    assert check_document(document)["dark_mode"]["accent"] == "#abc"
    document["dark_mode"]["accent"] = None
    assert "accent" not in check_document(document)["dark_mode"]
    del document["dark_mode"]["primary"]
    assert errors_of(document) == {"/dark_mode/primary": "required"}


def test_a_partial_document_may_lack_anything_but_is_checked() -> None:
    assert check_document({}, partial=True) == {}
    changes = {"colors": {"text": "red"}, "dark_mode": {"info": None}}
    assert check_document(changes, partial=True) == changes
    assert errors_of({"colors": {"text": "x"}, "name": "x"}, partial=True) == {
        "/name": "unknown_field",
        "/colors/text": "invalid_color",
    }
    assert errors_of({"dark_mode": {"text": None}}, partial=True) == {"/dark_mode/text": "invalid_type"}


def test_pointers_are_escaped_and_can_always_be_sent() -> None:
    data = {"a/b~c": 1, "\ud800": 1, "k" * 200: 1, 5: 1}
    pointers = list(errors_of(data, partial=True))
    assert pointers == ["/a~1b~0c", "/?", "/" + "k" * 64, "/5"]
    assert all(pointer.encode() for pointer in pointers)


def test_merge_changes_single_fields() -> None:
    before = copy.deepcopy(DEFAULT_DOCUMENT)
    merged = merge(before, {"colors": {"text": "red"}, "dark_mode": {"info": "blue"}, "name": "x"})
    assert before == DEFAULT_DOCUMENT
    assert merged["colors"] == DEFAULT_DOCUMENT["colors"] | {"text": "red"}
    assert merged["dark_mode"]["info"] == "blue"
    assert "name" not in merged
    again = merge(merged, {"dark_mode": {"info": None, "text": None}})
    assert "info" not in again["dark_mode"]
    assert errors_of(again) == {"/dark_mode/text": "invalid_type"}


@pytest.mark.parametrize("section", [None, 5, [], "x"])
def test_merge_leaves_a_broken_section_to_the_check(section: Any) -> None:
    assert errors_of(merge(DEFAULT_DOCUMENT, {"colors": section})) == {"/colors": "invalid_type"}
