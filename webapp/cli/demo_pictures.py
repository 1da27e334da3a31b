"""Pictures of cloth for the demo's gallery, drawn when they are needed."""

from __future__ import annotations

import base64
import hashlib
import io
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

from webapp.ports import Picture

WIDTH, HEIGHT = 480, 640
FINE = 2
"""Drawn larger and made smaller, so that edges are smooth."""

Spot = Callable[[ImageDraw.ImageDraw, float, float, float, str], None]


@dataclass(frozen=True, slots=True)
class Cloth:
    """A piece of cloth: its colour, that of its pattern and its border, and the motif between them."""

    base: str
    pattern: str
    border: str
    motif: str
    step: int = 64


def draw(cloth: Cloth) -> Picture:
    """The cloth hanging on a pale wall, as an image that may be kept."""
    wide, high = WIDTH * FINE, HEIGHT * FINE
    image = Image.new("RGB", (wide, high), "#f6f1ea")
    pencil = ImageDraw.Draw(image)
    left, right, top, bottom = 70 * FINE, (WIDTH - 70) * FINE, 44 * FINE, (HEIGHT - 54) * FINE
    pencil.rectangle((left + 10 * FINE, top, right + 10 * FINE, bottom + 10 * FINE), "#e2d9cd")
    pencil.rectangle((left, top, right, bottom), cloth.base)
    for x, y in places(left, right, top + 40 * FINE, bottom - 110 * FINE, cloth.step * FINE):
        MOTIFS[cloth.motif](pencil, x, y, cloth.step * FINE * 0.28, cloth.pattern)
    edge(pencil, cloth, left, right, bottom)
    for n in range(7):  # folds
        x = left + (right - left) * (n + 0.5) / 7
        pencil.line((x, top, x, bottom), shade(cloth.base), FINE)
    pencil.rectangle((left - 26 * FINE, top - 12 * FINE, right + 26 * FINE, top), "#8a6d4b")
    return kept(image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), cloth)


def places(left: int, right: int, top: int, bottom: int, step: int) -> Iterator[tuple[float, float]]:
    """The middles of motifs, every second row moved by half a step."""
    rows = max((bottom - top) // step, 1)
    for row in range(rows):
        start = left + step * (0.5 if row % 2 else 1.0)
        x = start
        while x < right - step * 0.3:
            yield x, top + step * (row + 0.5)
            x += step


def edge(pencil: ImageDraw.ImageDraw, cloth: Cloth, left: int, right: int, bottom: int) -> None:
    """The woven border at the lower end: a band with diamonds between two lines."""
    pencil.rectangle((left, bottom - 88 * FINE, right, bottom - 14 * FINE), cloth.border)
    for offset in (96, 6):
        pencil.rectangle((left, bottom - offset * FINE, right, bottom - (offset - 4) * FINE), cloth.border)
    count = 8
    for n in range(count):
        x = left + (right - left) * (n + 0.5) / count
        diamond(pencil, x, bottom - 51 * FINE, 22 * FINE, cloth.base)


def diamond(pencil: ImageDraw.ImageDraw, x: float, y: float, r: float, color: str) -> None:
    pencil.polygon([(x, y - r), (x + r * 0.7, y), (x, y + r), (x - r * 0.7, y)], color)


def dot(pencil: ImageDraw.ImageDraw, x: float, y: float, r: float, color: str) -> None:
    pencil.ellipse((x - r * 0.6, y - r * 0.6, x + r * 0.6, y + r * 0.6), color)


def flower(pencil: ImageDraw.ImageDraw, x: float, y: float, r: float, color: str) -> None:
    for n in range(6):
        angle = math.tau * n / 6
        dot(pencil, x + math.cos(angle) * r * 0.65, y + math.sin(angle) * r * 0.65, r * 0.55, color)


def leaf(pencil: ImageDraw.ImageDraw, x: float, y: float, r: float, color: str) -> None:
    pencil.pieslice((x - r, y - r, x + r, y + r), 180, 300, color)
    dot(pencil, x, y, r * 0.8, color)


def stripe(pencil: ImageDraw.ImageDraw, x: float, y: float, r: float, color: str) -> None:
    pencil.rectangle((x - r * 0.25, y - r * 2, x + r * 0.25, y + r * 2), color)


MOTIFS: dict[str, Spot] = {
    "diamond": diamond,
    "dot": dot,
    "flower": flower,
    "leaf": leaf,
    "stripe": stripe,
}


def shade(color: str) -> str:
    """A little darker."""
    channels = (int(color[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{channel * 9 // 10:02x}" for channel in channels)


def kept(image: Image.Image, cloth: Cloth) -> Picture:
    """What the reader of images would say of it."""
    data, small = io.BytesIO(), io.BytesIO()
    image.save(data, "JPEG", quality=86)
    blurred = image.resize((18, 24)).filter(ImageFilter.GaussianBlur(1))
    blurred.save(small, "WEBP", quality=50)
    return Picture(
        data=data.getvalue(),
        ending="jpg",
        source_type="image/jpeg",
        content_hash=hashlib.sha256(data.getvalue()).hexdigest(),
        width=WIDTH,
        height=HEIGHT,
        placeholder=f"data:image/webp;base64,{base64.b64encode(small.getvalue()).decode()}",
        colors=list(dict.fromkeys((cloth.base, cloth.pattern, cloth.border))),
    )
