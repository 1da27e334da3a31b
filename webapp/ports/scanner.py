"""Looking for malicious software in files."""

from __future__ import annotations

from typing import BinaryIO, Protocol


class Scanner(Protocol):
    """A virus scanner."""

    def scan(self, file: BinaryIO) -> None:
        """Raises Invalid (``infected``) for a file that must not be kept, Unavailable if nobody can tell."""
        ...

    def check(self) -> str:
        """What scans, in words. Raises Unavailable when it does not answer."""
        ...
