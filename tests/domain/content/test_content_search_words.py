"""Words of texts in many scripts."""

from __future__ import annotations

import pytest

from webapp.domain.content.search import rank
from webapp.domain.content.search_words import WORD_MAX, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("  !?… 🪔 ", []),
        ("Hello, WORLD! it's 2 pm", ["hello", "world", "it", "s", "2", "pm"]),
        ("Straße ΣΊΣΥΦΟΣ", ["strasse", "σίσυφοσ"]),
        ("café café ＣＡＦＥ", ["café", "café", "cafe"]),
        ("दिवाली की शुभकामनाएँ।", ["दिवाली", "की", "शुभकामनाएँ"]),
        ("স্বাগতম", ["স্বাগতম"]),
        ("السلام عليكم", ["السلام", "عليكم"]),
        ("한국어 검색", ["한국어", "검색"]),
        ("東京都庁", ["東京", "京都", "都庁"]),
        ("東 ab東京", ["東", "ab", "東京"]),
        ("x' & y:* | 'z\\", ["x", "y", "z"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_long_words_are_cut_alike_in_text_and_query() -> None:
    assert words("a" * 500) == ["a" * WORD_MAX] == words("a" * 400)


def test_words_hold_nothing_that_a_query_language_knows() -> None:
    text = "".join(chr(code) for code in range(0x20, 0x3000) if not 0xD800 <= code <= 0xDFFF)
    assert not set("'\"\\:*&|!()<> ") & set("".join(words(text)))


def test_rank_counts_words_then_titles_then_whole_words_then_age() -> None:
    candidates = [
        (1, "one", " lamp "),
        (2, "two", " lamp oil "),
        (3, "lamp oil", " lamp oil "),
        (4, "four", " lamps oily "),
        (5, "five", " lamp oil "),
        (6, "six", " nothing "),
    ]
    assert rank(["lamp", "oil"], candidates) == [3, 5, 2, 4, 1, 6]
