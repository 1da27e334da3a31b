"""Text as it is searched: folded phrases and words, alike on every database and in every script."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import groupby

from webapp.kernel.text import fold

WORD_MAX = 64

_UNSEGMENTED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3040, 0x30FF),  # Japanese syllables
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
"""Scripts that put no space between words; pairs of characters stand for words there."""


def words(text: str) -> list[str]:
    """The words of ``text``, folded, in order.

    A word is a run of letters, marks, digits and private characters (Unicode categories L, M, N, Co).
    """
    return [word[:WORD_MAX] for run in _runs(fold(text)) for word in _divide(run)]


def _runs(text: str) -> Iterator[str]:
    for is_word, run in groupby(text, _is_word_character):
        if is_word:
            yield "".join(run)


def _divide(run: str) -> Iterator[str]:
    for is_unsegmented, part in groupby(run, _is_unsegmented):
        piece = "".join(part)
        if is_unsegmented and len(piece) > 2:
            yield from (piece[start : start + 2] for start in range(len(piece) - 1))
        else:
            yield piece


def _is_word_character(character: str) -> bool:
    category = unicodedata.category(character)
    return category[0] in "LMN" or category == "Co"


def _is_unsegmented(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _UNSEGMENTED)
