"""What Rangoli brings along: templates to start from, and festivals with their words and colours."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent / "starters"
FENCE = "+++\n"


@dataclass(frozen=True)
class Starter:
    """A template to start from. Its file has TOML between two lines of ``+++``, then the code."""

    slug: str
    about: Mapping[str, Any]
    code: str

    @property
    def name(self) -> str:
        return str(self.about["name"])

    @property
    def description(self) -> str:
        return str(self.about["description"])

    @property
    def category(self) -> str:
        return str(self.about.get("category", "Any day"))

    @property
    def language(self) -> str:
        """The language of its own words, as ``samples.SAMPLES`` has it."""
        return str(self.about.get("language", "en"))

    @cached_property
    def fields(self) -> dict[str, Any]:
        """What ``create_template`` takes, without a name."""
        config = {name: self.about[name] for name in ("width", "height", "fields") if name in self.about}
        return {
            "description": self.description,
            "template_code": self.code,
            "template_config": config,
            "tags": list(self.about.get("tags", [])),
        }


def _read(path: Path) -> Starter:
    _, about, code = path.read_text("utf-8").split(FENCE, 2)
    return Starter(path.stem, tomllib.loads(about), code.strip())


def _starters() -> dict[str, Starter]:
    found = [_read(path) for path in FOLDER.glob("*.html")]
    found.sort(key=lambda starter: (starter.about.get("place", 50), starter.slug))
    return {starter.slug: starter for starter in found}


STARTERS: Mapping[str, Starter] = _starters()
"""By slug, in the order in which they are offered."""
FESTIVALS: tuple[Mapping[str, Any], ...] = tuple(
    tomllib.loads((FOLDER / "festivals.toml").read_text("utf-8"))["festivals"]
)
"""The fields of festivals, as ``create_festival`` takes them."""
