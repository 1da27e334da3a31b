"""The port through which events leave the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a receiver answered: its status and the beginning of its words, or why there is no answer."""

    milliseconds: int
    status: int | None = None
    text: str = ""
    problem: str | None = None
    """In words for an admin; None where there is a status."""


class WebhookSender(Protocol):
    """Posts events to addresses that admins have given."""

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        """POST ``body`` as JSON, follow nothing, and wait no longer than some seconds. Never raises for
        what the receiver, its name or the network does."""
        ...
