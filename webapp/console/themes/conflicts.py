"""Two people changed one theme: what each of them wrote, token by token, and a proposal for every one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from webapp.console.themes.tokens import TOKENS

Side = Literal["mine", "theirs"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that both sides hold differently. ``before`` is what both had started from."""

    field: str
    label: str
    is_color: bool
    before: str
    theirs: str
    mine: str

    @property
    def is_contested(self) -> bool:
        """Whether both sides changed it."""
        return self.before not in (self.mine, self.theirs)

    @property
    def proposal(self) -> Side:
        """The side that changed it; one's own where both did."""
        return "theirs" if self.mine == self.before else "mine"


def differences(
    before: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]
) -> list[Difference]:
    """The fields in which ``mine`` is not ``theirs``; contested ones first."""
    named = [("name", "Name", False), *((t.field, t.full_label, t.is_color) for t in TOKENS)]
    found = [
        Difference(field, label, is_color, before.get(field, ""), theirs[field], mine[field])
        for field, label, is_color in named
        if theirs[field] != mine[field]
    ]
    return sorted(found, key=lambda difference: not difference.is_contested)


def merged(theirs: Mapping[str, str], mine: Mapping[str, str], choices: Mapping[str, str]) -> dict[str, str]:
    """Every field of the side that was chosen for it; one's own where nothing was chosen."""
    return {
        field: theirs[field] if choices.get(field) == "theirs" else value for field, value in mine.items()
    }
