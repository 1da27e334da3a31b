"""Comparing text as people read it."""

from __future__ import annotations

import unicodedata

KEY_MAX = 600
"""Characters of a folded key in an index: PostgreSQL's index rows end at some 2,700 bytes."""

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and symbols that are drawn as nothing: Hangul fillers, the empty Braille pattern."""


def fold(text: str) -> str:
    """A key under which spellings that differ by case, spaces or Unicode form are equal.

    NFKC, case folding, NFKC again (Unicode 15, section 3.13, "identifier caseless matching"), with
    runs of white space as one space and none at the ends.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def is_visible(text: str) -> bool:
    """Whether any of ``text`` can be seen: a letter, digit, sign or symbol that is not blank by itself."""
    return any(unicodedata.category(sign)[0] in "LNPS" and sign not in BLANK for sign in text)


def like_pattern(text: str) -> str:
    r"""The LIKE pattern that finds ``text`` anywhere, with ``\`` as the escape character."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
