"""Style sheets as plans: what is written, and that anything but the plan is found."""

from __future__ import annotations

import pytest

from webapp.domain.themes.css import Block, Media, Rule, UnsafeStylesheet, prove, write

PLAN: list[Block] = [
    Rule(":root", {"--a": "1px", "--b": "red"}),
    Media("(x:y)", [Rule("p", {"--a": "#fff"})]),
]


def test_what_is_written_from_a_plan_is_proven() -> None:
    css = write(PLAN)
    assert css == ":root{--a:1px;--b:red}@media (x:y){p{--a:#fff}}"
    prove(css, PLAN)


@pytest.mark.parametrize(
    "value",
    [
        "red;--c:1",
        "red}p{color:red",
        "url(x)",
        "url('x')",
        "image-set('x' 1x)",
        "var(--x)",
        '"open\n',
        "url(a b",
        "{}",
        "[1]",
        "(1)",
        ")",
        "]",
        "@import 'x'",
        "red!important",
        "<!--",
        "a|b",
        "\\",
        "",
        " ",
        "/*",
        "color(srgb 1 url(x) 1)",
        "u+0-7f",
    ],
)
def test_a_value_that_is_more_than_a_value_is_found(value: str) -> None:
    plan: list[Block] = [Rule(":root", {"--a": value, "--b": "red"}), *PLAN[1:]]
    with pytest.raises(UnsafeStylesheet):
        prove(write(plan), plan)


@pytest.mark.parametrize(
    "css",
    [
        "",
        ":root{--a:1px;--b:red}",
        ":root{--b:red;--a:1px}@media (x:y){p{--a:#fff}}",
        ":root{--a:1px}@media (x:y){p{--a:#fff}}",
        ":root{--a:1px;--b:red;--a:1px}@media (x:y){p{--a:#fff}}",
        ":root{--a:1px;--b:red;}}@media (x:y){p{--a:#fff}}",
        "html{--a:1px;--b:red}@media (x:y){p{--a:#fff}}",
        ":root{--a:1px;--b:red}@media (y:x){p{--a:#fff}}",
        ":root{--a:1px;--b:red}@supports (x:y){p{--a:#fff}}",
        ":root{--a:1px;--b:red}@media (x:y);",
        ":root{--a:1px;--b:red}@media (x:y){p{--a:#fff}p{--a:#fff}}",
        "@import 'x';:root{--a:1px;--b:red}@media (x:y){p{--a:#fff}}",
        ":root{--a:1px;--b:red;p{}}@media (x:y){p{--a:#fff}}",
    ],
)
def test_a_sheet_that_is_not_its_plan_is_found(css: str) -> None:
    with pytest.raises(UnsafeStylesheet):
        prove(css, PLAN)
