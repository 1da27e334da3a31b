"""What was done with the records of a bundle, as it is told."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

from webapp.domain.bundles.records import Action

TOLD = 1000
"""How many records are listed; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became, or would become, of one record; ``reason`` says why it is a conflict or wrong."""

    part: str
    key: str
    action: Action
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class BundleReport:
    """What was done, or would be; nothing was written unless ``is_written``."""

    outcomes: list[Outcome]
    is_written: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many records each action concerns; every action is named."""
        found = Counter(outcome.action for outcome in self.outcomes)
        return {action.value: found[action] for action in Action}

    @property
    def changes(self) -> list[Outcome]:
        """The outcomes of all records that are not the same already."""
        return [outcome for outcome in self.outcomes if outcome.action is not Action.SAME]

    @property
    def told(self) -> dict[str, Any]:
        """It as JSON, of the changes the first ``TOLD``, those that are wrong before others."""
        first = sorted(self.changes, key=lambda outcome: outcome.action is not Action.ERROR)[:TOLD]
        return {
            "is_written": self.is_written,
            "counts": self.counts,
            "changes": [asdict(outcome) for outcome in first],
        }
