"""What Rangoli needs of things outside, one small Protocol each; ``webapp/adapters`` implements them."""

from __future__ import annotations

from typing import Protocol


class ChangeCounter(Protocol):
    """Tells, cheaply and for each request, whether stylesheets have changed in any process."""

    def __call__(self) -> int:
        """A number that differs from the one before when a stylesheet URL may answer differently.

        Raises Unavailable when the database cannot be asked.
        """
        ...
