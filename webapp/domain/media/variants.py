"""Images in other sizes and formats: which there are, and making them when they are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.domain.media.queries import find_ready
from webapp.kernel.errors import FieldError, Invalid, NotFound
from webapp.ports import Ports, VariantRequest

SIDES = (64, 128, 256, 320, 480, 640, 960, 1280, 1920, 2560)
"""Pixels that may be asked for; any number would let anybody fill the disk and keep the processor busy."""
SRCSET = (320, 640, 1280, 1920)
"""The widths that a page is offered."""
READY_MADE = tuple((width, ending) for width in (320, 640, 1280) for ending in ("webp", "avif", "jpg"))
"""What is made before anybody asks."""
FITS = ("contain", "cover")
FORMATS = ("auto", "avif", "webp", "jpeg", "png")
FOCAL = re.compile(r"(0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?),(0(?:\.[0-9]{1,3})?|1(?:\.0{1,3})?)")
FOCAL_STEPS = 20
"""To how many parts of a side a focal point is rounded, for the reason that sizes are few."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an address asks for; sides are in pixels, ``focal`` is ``x,y`` in shares of them."""

    width: int | None = None
    height: int | None = None
    fit: str = "contain"
    format: str = "auto"
    focal: str | None = None

    @property
    def is_crop(self) -> bool:
        return self.fit == "cover" and self.width is not None and self.height is not None

    @property
    def point(self) -> tuple[float, float] | None:
        """The focal point that is asked for; None for that of the image."""
        found = FOCAL.fullmatch(self.focal or "")
        if found is None:
            return None
        x, y = (round(float(share) * FOCAL_STEPS) / FOCAL_STEPS for share in found.groups())
        return x, y

    def errors(self) -> list[FieldError]:
        """Everything that is wrong with it."""
        sides = ", ".join(str(side) for side in SIDES)
        errors = [
            FieldError(f"/query/{name}", f"Must be one of: {sides}.", "invalid_choice")
            for name, side in (("w", self.width), ("h", self.height))
            if side is not None and side not in SIDES
        ]
        for name, value, choices in (("fit", self.fit, FITS), ("format", self.format, FORMATS)):
            if value not in choices:
                words = f"Must be one of: {', '.join(choices)}."
                errors.append(FieldError(f"/query/{name}", words, "invalid_choice"))
        if self.focal is not None and self.point is None:
            errors.append(FieldError("/query/focal", "Must be x,y, both from 0 to 1.", "out_of_range"))
        return errors


def choose_ending(wished: str, key: str, accepted: tuple[str, ...]) -> str:
    """The ending of the format to answer with; ``accepted`` are media types that the caller takes by name."""
    if wished != "auto":
        return "jpg" if wished == "jpeg" else wished
    for ending in ("avif", "webp"):
        if f"image/{ending}" in accepted:
            return ending
    return "png" if key.endswith(".png") else "jpg"


def get_variant(
    session: Session, ports: Ports, key: str, wish: Wish, ending: str
) -> tuple[VariantRequest, bytes]:
    """The image under ``key`` as it is wished for, made now if it is not kept, and what makes it.

    Raises Invalid, NotFound, Unavailable.
    """
    if errors := wish.errors():
        raise Invalid(errors)
    request = _request(session, key, wish, ending)
    data = ports.variant_files.find(key, request)
    if data is None:
        data = _make(session, ports, key, request)
    return request, data


def make_ready(ports: Ports, key: str) -> None:
    """Make the variants that pages are offered first and that are not there yet."""
    offered = (VariantRequest(width, None, "contain", ending) for width, ending in READY_MADE)
    missing = [request for request in offered if ports.variant_files.find(key, request) is None]
    if not missing:
        return
    made = ports.images.vary(ports.storage.get(key), missing)
    for request, data in zip(missing, made, strict=True):
        ports.variant_files.keep(key, request, data)


def plain_request(wish: Wish, ending: str) -> VariantRequest | None:
    """What makes the variant; None for a crop whose focal point the database has."""
    if not wish.is_crop:
        return VariantRequest(wish.width, wish.height, "contain", ending)
    if (point := wish.point) is not None:
        return VariantRequest(wish.width, wish.height, "cover", ending, *point)
    return None


def _request(session: Session, key: str, wish: Wish, ending: str) -> VariantRequest:
    if (plain := plain_request(wish, ending)) is not None:
        return plain
    media = find_ready(session, key)
    if media is None:
        raise NotFound
    focus = (media.focal_x, media.focal_y)
    return VariantRequest(wish.width, wish.height, "cover", ending, *focus)


def _make(session: Session, ports: Ports, key: str, request: VariantRequest) -> bytes:
    if find_ready(session, key) is None:
        raise NotFound
    session.rollback()  # nothing was written, and making it takes a while
    (data,) = ports.images.vary(ports.storage.get(key), [request])
    ports.variant_files.keep(key, request, data)
    return data
