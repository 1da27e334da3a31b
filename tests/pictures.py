"""Pictures for the tests, made on the spot."""

from __future__ import annotations

import io
import random
import struct
import zlib
from typing import Any

from PIL import Image

RED, BLUE = (200, 30, 40), (20, 60, 220)
SECRET = "a-place-that-nobody-should-know"


def picture(width: int = 60, height: int = 40, *, mode: str = "RGB", seed: int = 0) -> Image.Image:
    """Red on the left, blue on the right; ``seed`` makes it another picture."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    if seed:
        image.putpixel((seed % width, seed // width % height), (seed % 256, 255, 0))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def photo(kind: str = "JPEG", **options: Any) -> bytes:
    """A picture that a phone has turned by 90° and written a place and a comment into."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 29.0)
    return encoded(picture(), kind, exif=exif, **options)


def bomb(side: int = 13_000) -> bytes:
    """A PNG of a few hundred kilobytes that would take ``side``² pixels."""
    row = zlib.compress(b"\0" * (side // 8 + 1) * side, 9)

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", row) + chunk(b"IEND", b"")


def mutated(data: bytes, seed: int) -> bytes:
    """``data`` with a few bytes changed, taken out, doubled or cut off, always the same for a seed."""
    chance = random.Random(seed)
    body = bytearray(data)
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(body))
        match chance.randrange(5):
            case 0:
                body[place] = chance.randrange(256)
            case 1:
                del body[place : place + chance.randrange(1, 64)]
            case 2:
                body[place:place] = body[place : place + chance.randrange(1, 64)]
            case 3:
                body[place : place + 4] = struct.pack(
                    ">I", chance.choice((0, 1, 2**16, 2**31 - 1, 2**32 - 1))
                )
            case _:
                del body[max(place, 16) :]
        if not body:
            return b"\0"
    return bytes(body)
