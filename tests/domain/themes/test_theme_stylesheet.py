"""The compiled sheet: its names, its rules, its proof, and that no document can make it say anything else."""

from __future__ import annotations

import copy
import gzip
import hashlib
import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Any

import brotli
import pytest
import tinycss2
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.themes import fonts, stylesheet
from webapp.domain.themes.color import hex_of, parse
from webapp.domain.themes.css import UnsafeStylesheet
from webapp.domain.themes.document import (
    COLOR_NAMES,
    DARK_OPTIONAL,
    DARK_REQUIRED,
    DEFAULT_DOCUMENT,
    SECTIONS,
    check_document,
)
from webapp.domain.themes.encodings import precompress
from webapp.domain.themes.stylesheet import Stylesheet, compile_stylesheet
from webapp.domain.themes.wcag import ratio
from webapp.kernel.errors import Invalid

DEFAULT = compile_stylesheet(DEFAULT_DOCUMENT)

Declarations = list[tuple[str, str]]


def rules_of(css: str) -> Iterator[tuple[str, Declarations]]:
    """Selector and declarations of each rule, a rule in ``@media`` with its condition before it."""

    def walk(nodes: list[Any], prefix: str) -> Iterator[tuple[str, Declarations]]:
        for node in nodes:
            prelude = prefix + tinycss2.serialize(node.prelude).strip()
            if node.type == "at-rule":
                yield from walk(tinycss2.parse_rule_list(node.content), prelude + " ")
            else:
                found = tinycss2.parse_blocks_contents(node.content)
                yield prelude, [(item.name, tinycss2.serialize(item.value)) for item in found]

    yield from walk(tinycss2.parse_stylesheet(css), "")


def shape_of(css: str) -> list[tuple[str, list[str]]]:
    return [(selector, [name for name, _ in declarations]) for selector, declarations in rules_of(css)]


def changed(**sections: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(DEFAULT_DOCUMENT)
    for section, fields in sections.items():
        document[section] |= fields
    return document


def test_the_names_of_themes_are_kept_to_the_letter() -> None:
    expected = {
        **{f"--color-{name}": value.lower() for name, value in DEFAULT_DOCUMENT["colors"].items()},
        **{f"--dark-{name}": value.lower() for name, value in DEFAULT_DOCUMENT["dark_mode"].items()},
        "--typography-font-family": '"Inter",sans-serif',
        "--typography-heading-font": '"Inter",sans-serif',
        "--typography-base-size": "16px",
        "--typography-scale-ratio": "1.25",
        "--spacing-base-unit": "4px",
        "--spacing-scale-ratio": "2",
        "--radius-small": "4px",
        "--radius-medium": "8px",
        "--radius-large": "16px",
        "--radius-round": "50%",
    }
    assert expected.items() <= DEFAULT.variables.items()


def test_the_added_names() -> None:
    steps = [50, 100, 200, 300, 400, 500, 600, 700, 800, 900, 950]
    added = {f"--color-{name}-{step}" for name in COLOR_NAMES for step in steps}
    added |= {f"--color-on-{name}" for name in COLOR_NAMES}
    added |= {f"--color-{name}-text" for name in COLOR_NAMES}
    added |= {f"--dark-{name}" for name in COLOR_NAMES}
    added |= {
        f"--color-{name}"
        for name in (
            *("primary-light", "primary-dark", "complementary"),
            *("surface", "border", "text-muted", "focus"),
        )
    }
    sizes = ["xs", "sm", "md", "lg", "xl", "2xl", "3xl"]
    added |= {f"--typography-size-{size}" for size in [*sizes, "4xl", "5xl"]}
    added |= {f"--spacing-{size}" for size in sizes}
    seed = {f"--color-{name}" for name in COLOR_NAMES}
    assert added <= DEFAULT.variables.keys()
    assert len(DEFAULT.variables) == len(added | seed) + 4 + 2 + 4


def test_scales_grow_by_their_ratio() -> None:
    sheet = compile_stylesheet(
        changed(
            typography={"base_size": "1rem", "scale_ratio": 1.2},
            spacing={"base_unit": "4px", "scale_ratio": 1.5},
        )
    ).variables
    assert [sheet[f"--typography-size-{name}"] for name in ("xs", "sm", "md", "lg", "5xl")] == [
        "0.6944rem",
        "0.8333rem",
        "1rem",
        "1.2rem",
        "2.986rem",
    ]
    assert [sheet[f"--spacing-{name}"] for name in ("xs", "sm", "md", "3xl")] == [
        "4px",
        "6px",
        "9px",
        "45.5625px",
    ]


def test_the_rules_come_in_their_order() -> None:
    shape = shape_of(DEFAULT.css)
    assert [selector for selector, _ in shape] == [
        ":root",
        "(prefers-color-scheme:dark) :root:not([data-theme=light])",
        "[data-theme=light]",
        "[data-theme=dark]",
    ]
    (_, root), (_, media), (_, light), (_, dark) = rules_of(DEFAULT.css)
    assert root[0] == ("color-scheme", "light dark")
    assert dict(root[1:]) == DEFAULT.variables
    assert dict(media) == DEFAULT.dark
    assert light[0] == ("color-scheme", "light")
    assert light[1:] == [item for item in root if item[0] in DEFAULT.dark]
    assert dark == [("color-scheme", "dark"), *media]
    for names in ([name for name, _ in root[1:]], list(DEFAULT.dark)):
        assert names == sorted(names)


def test_dark_values_that_were_set_are_never_altered_and_others_are_derived() -> None:
    sheet = compile_stylesheet(
        changed(
            colors={"accent": "#101010", "info": "#90c0f0"},
            dark_mode={"background": "#111111", "primary": "#121212", "error": "#131313"},
        )
    )
    assert sheet.dark["--color-primary"] == sheet.variables["--dark-primary"] == "#121212"
    assert sheet.dark["--color-error"] == "#131313"
    assert sheet.dark["--color-info"] == "#90c0f0"
    assert sheet.dark["--color-accent"] == sheet.variables["--dark-accent"] != "#101010"
    assert ratio(parse(sheet.dark["--color-accent"]).rgb, (17, 17, 17)) >= 3
    set_names = {name for name, origin in sheet.dark_origins.items() if origin == "set"}
    assert set_names == {*DARK_REQUIRED, "error"}
    assert set(sheet.dark_origins) == set(COLOR_NAMES)


@pytest.mark.parametrize(
    "values", [DEFAULT.variables, {**DEFAULT.variables, **DEFAULT.dark}], ids=["light", "dark"]
)
def test_derived_colours_can_be_read(values: dict[str, str]) -> None:
    def contrast(one: str, other: str) -> float:
        return ratio(parse(values[f"--color-{one}"]).rgb, parse(values[f"--color-{other}"]).rgb)

    for name in COLOR_NAMES:
        assert contrast(f"on-{name}", name) >= 4.5
        for ground in ("background", "surface"):
            assert contrast(f"{name}-text", ground) >= 4.5
    for ground in ("background", "surface"):
        assert contrast("text-muted", ground) >= 4.5
        assert contrast("focus", ground) >= 3
        assert contrast("border", ground) >= 3


def test_translucent_colours_are_judged_as_they_are_seen() -> None:
    sheet = compile_stylesheet(
        changed(
            colors={"accent": "#ffffff20", "info": "#ffffffe0", "background": "#00000010"},
            dark_mode={"background": "#ffffff10"},
        )
    )
    assert sheet.dark["--color-info"] == "#ffffffe0"
    assert len(sheet.dark["--color-accent"]) == len("#rrggbb")
    assert ratio(parse(sheet.dark["--color-accent"]).rgb, (16, 16, 16)) >= 3
    assert sheet.variables["--color-on-background"] == "#000000"
    assert sheet.dark["--color-on-background"] == "#ffffff"


def test_colours_within_srgb_need_no_p3_block() -> None:
    assert "color-gamut" not in DEFAULT.css
    assert "color-gamut" not in compile_stylesheet(changed(colors={"primary": "oklch(0.6 0.1 290)"})).css


def test_a_wide_colour_is_hex_first_and_p3_where_a_screen_can() -> None:
    sheet = compile_stylesheet(changed(colors={"accent": "color(display-p3 1 0 0)"}))
    assert sheet.variables["--color-accent"] == "#ff3428"
    rules = dict(rules_of(sheet.css))
    p3 = "color(display-p3 1 0 0)"
    wide = "(color-gamut:p3) "
    assert dict(rules[wide + ":root"]) == {"--color-accent": p3, "--dark-accent": p3}
    assert dict(rules[wide + "[data-theme=light]"]) == {"--color-accent": p3}
    assert dict(rules[wide + "[data-theme=dark]"]) == {"--color-accent": p3}
    assert dict(rules[wide + "(prefers-color-scheme:dark) :root:not([data-theme=light])"]) == {
        "--color-accent": p3
    }


def test_a_dark_colour_within_srgb_is_repeated_where_its_light_one_is_wide() -> None:
    sheet = compile_stylesheet(
        changed(colors={"accent": "color(display-p3 1 0 0)"}, dark_mode={"accent": "#ABCDEF"})
    )
    rules = dict(rules_of(sheet.css))
    assert dict(rules["(color-gamut:p3) [data-theme=dark]"]) == {"--color-accent": "#abcdef"}
    assert dict(rules["(color-gamut:p3) :root"]) == {"--color-accent": "color(display-p3 1 0 0)"}


def test_equal_documents_give_equal_bytes() -> None:
    reverse = {key: dict(reversed(value.items())) for key, value in reversed(DEFAULT_DOCUMENT.items())}
    assert compile_stylesheet(reverse) == DEFAULT
    assert compile_stylesheet(changed(colors={"primary": "hsl(258.3 90% 66%)"})).hash != DEFAULT.hash


def test_hash_and_integrity_are_of_the_bytes() -> None:
    data = DEFAULT.css.encode()
    assert DEFAULT.hash == hashlib.sha256(data).hexdigest()[:16]
    assert b64decode(DEFAULT.integrity.removeprefix("sha384-")) == hashlib.sha384(data).digest()


def test_no_number_has_an_exponent_or_more_than_four_decimals() -> None:
    sheet = compile_stylesheet(
        changed(
            typography={"scale_ratio": 1.123456789, "base_size": "8.00001px"},
            colors={"text": "color(display-p3 0.00000001 1 0.333333333)"},
        )
    )
    plain = re.sub(r"#[0-9a-f]{6,8}|--[a-z0-9-]+", "", sheet.css)
    assert re.search(r"\d[eE]|\.\d{5}", plain) is None


def test_a_document_that_was_not_checked_is_refused() -> None:
    with pytest.raises(Invalid):
        compile_stylesheet(changed(colors={"primary": "red;}"}))


# --- any document ---------------------------------------------------------------------------

numbers = st.floats(-2, 400, allow_nan=False).map(lambda number: f"{number:.3f}")
shares = st.floats(0, 1).map(lambda number: f"{number:.3f}")
colors = st.one_of(
    st.tuples(*[st.integers(0, 255)] * 3).map(hex_of),
    st.builds("oklch({} {} {})".format, shares, shares, numbers),
    st.builds("color(display-p3 {} {} {} / {})".format, shares, shares, shares, shares),
    st.builds("hsl({} {}% {}%)".format, numbers, numbers, numbers),
    st.sampled_from(["rebeccapurple", "transparent", "#0008"]),
)
families = st.lists(
    st.sampled_from(["Inter", "'Noto Sans'", "serif", '"a<b, c"', "system-ui"]), min_size=1, max_size=10
).map(", ".join)
ratios = st.one_of(st.floats(1, 2), st.sampled_from([1, 2]))


def lengths(low: int, high: int, *units: str) -> st.SearchStrategy[str]:
    return st.builds("{}{}".format, st.integers(low, high), st.sampled_from(units))


documents = st.fixed_dictionaries(
    {
        "colors": st.fixed_dictionaries(dict.fromkeys(COLOR_NAMES, colors)),
        "dark_mode": st.fixed_dictionaries(
            dict.fromkeys(DARK_REQUIRED, colors), optional=dict.fromkeys(DARK_OPTIONAL, colors)
        ),
        "typography": st.fixed_dictionaries(
            {
                "font_family": families,
                "heading_font": families,
                "base_size": lengths(8, 72, "px"),
                "scale_ratio": ratios,
            }
        ),
        "spacing": st.fixed_dictionaries({"base_unit": lengths(1, 4, "px", "rem"), "scale_ratio": ratios}),
        "border_radius": st.fixed_dictionaries(
            {name: lengths(0, 100, "px", "rem", "em", "%") for name in ("small", "medium", "large", "round")}
        ),
    }
)


def first_rules(sheet: Stylesheet) -> list[tuple[str, list[str]]]:
    return shape_of(sheet.css)[:4]


@settings(max_examples=40, deadline=None)
@given(documents)
def test_every_valid_document_compiles_to_the_same_plan(document: dict[str, Any]) -> None:
    sheet = compile_stylesheet(check_document(document))
    assert first_rules(sheet) == first_rules(DEFAULT)
    assert all(selector.startswith("(color-gamut:p3)") for selector, _ in shape_of(sheet.css)[4:])
    assert not re.search(r"url|@import|</|/\*|expression", sheet.css)


FRAGMENTS = [
    *(
        "red",
        "#fff",
        "4px",
        "Inter",
        "serif",
        ";",
        "}",
        "{",
        "</style",
        "<!--",
        "-->",
        "\\75rl(",
        "url(",
        ")",
    ),
    *(
        "@import",
        "/*",
        "*/",
        '"',
        "'",
        ",",
        " ",
        "\n",
        "\\",
        "\x00",
        "image-set(",
        "!important",
        "var(--x)",
        "\ud800",
    ),
]


@settings(max_examples=200, deadline=None)
@given(
    field=st.sampled_from([(section, name) for section, fields in SECTIONS.items() for name in fields]),
    value=st.one_of(st.text(), st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join)),
)
def test_any_text_in_any_field_is_refused_or_keeps_the_plan(field: tuple[str, str], value: str) -> None:
    section, name = field
    try:
        sheet = compile_stylesheet(changed(**{section: {name: value}}))
    except Invalid as refused:
        assert [error.pointer for error in refused.errors] == [f"/{section}/{name}"]
    else:
        assert first_rules(sheet) == first_rules(DEFAULT)
        assert "<" not in sheet.css


def test_a_sheet_is_proven_before_it_is_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    stylesheet._compile.cache_clear()
    monkeypatch.setitem(fonts._KEYWORDS, "serif", "serif;--x:url(y)")
    with pytest.raises(UnsafeStylesheet):
        compile_stylesheet(changed(typography={"font_family": "serif"}))


# --- what is shipped ------------------------------------------------------------------------


def test_compressed_forms_hold_the_sheet_and_never_change() -> None:
    data = DEFAULT.css.encode()
    encodings = precompress(data)
    assert list(encodings) == ["br", "zstd", "gzip"]
    assert brotli.decompress(encodings["br"]) == data
    assert zstandard.ZstdDecompressor().decompress(encodings["zstd"]) == data
    assert gzip.decompress(encodings["gzip"]) == data
    assert encodings["gzip"][4:8] == b"\x00\x00\x00\x00"
    assert precompress(data) == encodings


@settings(max_examples=5, deadline=None)
@given(documents)
def test_a_full_sheet_stays_under_two_kilobytes(document: dict[str, Any]) -> None:
    assert len(precompress(compile_stylesheet(document).css.encode())["br"]) <= 2048
