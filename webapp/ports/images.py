"""Reading images, and keeping them in other sizes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it may be kept: upright, in sRGB, with nothing in it but its pixels."""

    data: bytes
    ending: str
    """Of its key: ``jpg``, ``png``, ``webp`` or ``avif``."""
    source_type: str
    """The media type of what was sent, by its content."""
    content_hash: str
    """SHA-256 of what was sent, in hex."""
    width: int
    height: int
    placeholder: str
    """A blurred image of 24 pixels, as a data URL."""
    colors: list[str]
    """Its commonest colours as ``#rrggbb``, the commonest first."""


@dataclass(frozen=True, slots=True)
class VariantRequest:
    """An image in another size and format: within a box, or covering it with the focal point in view.

    Sides are in pixels, None for whatever follows from the other; the focal point is in shares of the sides.
    """

    width: int | None
    height: int | None
    fit: str
    ending: str
    focal_x: float = 0.5
    focal_y: float = 0.5


class Images(Protocol):
    """Reads images that people send. Raises Invalid with the reason, Unavailable when too many are read."""

    def keep(self, source: Iterable[bytes]) -> Picture:
        """An image as it may be kept."""
        ...

    def vary(self, source: Iterable[bytes], requests: Sequence[VariantRequest]) -> list[bytes]:
        """An image that is kept, in other sizes and formats; it is decoded once for all."""
        ...


class VariantFiles(Protocol):
    """Variants that were made once, kept on this machine's disk; what is lost is made again."""

    def find(self, key: str, request: VariantRequest) -> bytes | None:
        """A variant of the image under ``key``, if it is kept."""
        ...

    def keep(self, key: str, request: VariantRequest, data: bytes) -> None:
        """Keep a variant; a disk that is full keeps nothing."""
        ...

    def forget(self, key: str) -> None:
        """Remove all variants of an image."""
        ...

    def trim(self, total: int) -> None:
        """Remove those that were not asked for longest, until the rest has at most ``total`` bytes."""
        ...
