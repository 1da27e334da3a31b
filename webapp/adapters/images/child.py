"""The program that decodes images, one for each run. It knows nothing of Rangoli, and its process is limited.

Called as ``child.py JOB``, with the job as JSON, in a folder that holds the file ``source``. Leaves the
image in ``result``, or variants in ``result-0`` …, and says what it is as JSON on standard output:
``{"error": code}`` for what cannot be read. Only the first frame counts, and nothing but pixels is kept: no
EXIF, XMP, comments, profiles, text.
"""

from __future__ import annotations

import base64
import io
import json
import resource
import struct
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PIL import (
    AvifImagePlugin,
    GifImagePlugin,
    Image,
    ImageCms,
    ImageFilter,
    ImageOps,
    JpegImagePlugin,
    PngImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

PLUGINS = (AvifImagePlugin, GifImagePlugin, JpegImagePlugin, PngImagePlugin, WebPImagePlugin)
"""Imported by name; else Pillow imports its forty others too before it reads or writes one of these."""

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
ENDINGS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp", "AVIF": "avif", "GIF": "png"}
"""What each format is kept as. MPO is what cameras call a JPEG with more pictures behind the first."""
TYPES = {"JPEG": "image/jpeg", "MPO": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"} | {
    "AVIF": "image/avif",
    "GIF": "image/gif",
}
ORIGINALS: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 88, "progressive": True, "optimize": True},
    "png": {"format": "PNG", "compress_level": 4},
    "webp": {"format": "WEBP", "quality": 88, "method": 3},
    "avif": {"format": "AVIF", "quality": 78, "speed": 8},
}
VARIANTS: dict[str, dict[str, Any]] = {
    "jpg": {"format": "JPEG", "quality": 80, "progressive": True, "optimize": True},
    "png": {"format": "PNG", "compress_level": 4},
    "webp": {"format": "WEBP", "quality": 78, "method": 2},
    "avif": {"format": "AVIF", "quality": 60, "speed": 8},
}
ENCODERS = 2
PLACEHOLDER = 24
COLORS = 5
SRGB = ImageCms.createProfile("sRGB")
SCALES_16_BIT = ("I", "I;16", "I;16B", "I;16L")


Sizes = dict[tuple[Any, ...], Image.Image]
"""Images by width, height, fit and focal point of the requests that they are for."""


class Refused(Exception):
    """What was sent is not an image that we take; the text is the code."""


def main() -> None:
    job = json.loads(sys.argv[1])
    limit_process(job["memory"], job["seconds"])
    try:
        answer = make_variants(job) if "requests" in job else keep(job)
    except Refused as error:
        answer = {"error": str(error)}
    except MemoryError:
        answer = {"error": "image_too_costly"}
    json.dump(answer, sys.stdout)


def limit_process(memory: int, seconds: int) -> None:
    """Bytes of address space, seconds of processor time, no core dumps, a file of what is sensible."""
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, memory),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))


def keep(job: dict[str, Any]) -> dict[str, Any]:
    """The image as it is kept: upright, at most ``side`` pixels long, in the format it came in."""
    image = opened(job["pixels"])
    kind = image.format or ""
    image = pixels_of(image, (job["side"], job["side"]))
    image.thumbnail((job["side"], job["side"]), Image.Resampling.LANCZOS, reducing_gap=2.0)
    ending = ENDINGS[kind]
    save(image, ORIGINALS[ending])
    small = image.copy()
    small.thumbnail((64, 64))
    return {
        "ending": ending,
        "source_type": TYPES[kind],
        "width": image.width,
        "height": image.height,
        "placeholder": placeholder_of(small),
        "colors": colors_of(small),
    }


def make_variants(job: dict[str, Any]) -> dict[str, Any]:
    """The image in other sizes and formats, decoded once, and in each size once. It is never made larger.

    Encoders let other threads run, so that one size is made while the one before is written.
    """
    requests = job["requests"]
    wanted = (0, 0)
    if not any(is_crop(request) for request in requests):
        wanted = (longest(requests, "width"), longest(requests, "height"))
    image = pixels_of(opened(job["pixels"]), wanted)
    made: Sizes = {}
    with ThreadPoolExecutor(ENCODERS) as encoders:
        results = []
        for number in sorted(range(len(requests)), key=lambda number: -area(requests[number])):
            request = requests[number]
            size = tuple(request[name] for name in ("width", "height", "fit", "focal_x", "focal_y"))
            if size not in made:
                made[size] = fitted(image, request, made)
            options = VARIANTS[request["ending"]]
            results.append(encoders.submit(save, made[size], options, f"result-{number}"))
        for result in results:
            result.result()
    return {}


def area(request: dict[str, Any]) -> int:
    """How large a request is, roughly: in which order sizes are made from one another."""
    width, height = request["width"], request["height"]
    return (width or height or 0) * (height or width or 0)


def is_crop(request: dict[str, Any]) -> bool:
    return bool(request["fit"] == "cover" and request["width"] and request["height"])


def longest(requests: list[dict[str, Any]], side: str) -> int:
    """The longest ``side`` asked for; 0 where one request leaves it open."""
    sides = [request[side] or 0 for request in requests]
    return max(sides) if all(sides) else 0


def fitted(image: Image.Image, request: dict[str, Any], made: Sizes) -> Image.Image:
    """The image in the request's size, from what is ``made`` of it where that is large enough."""
    width, height = request["width"], request["height"]
    if is_crop(request):
        image = cropped(image, width / height, request["focal_x"], request["focal_y"])
    scale = min((width or image.width) / image.width, (height or image.height) / image.height)
    if scale >= 1:
        return image
    size = (max(round(image.width * scale), 1), max(round(image.height * scale), 1))
    if not is_crop(request):
        image = smallest(image, size, made)
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def smallest(image: Image.Image, size: tuple[int, int], made: Sizes) -> Image.Image:
    """The smallest of the whole images there are that is at least twice as large: as sharp as from any."""
    whole = (found for key, found in made.items() if not (key[2] == "cover" and key[0] and key[1]))
    enough = [found for found in whole if found.width >= 2 * size[0] and found.height >= 2 * size[1]]
    return min(enough, key=lambda found: found.width, default=image)


def opened(pixels: int) -> Image.Image:
    """The file's header, of a format that we take and with at most ``pixels`` pixels."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = pixels
    try:
        image = Image.open("source", formats=FORMATS)
    except UnidentifiedImageError:
        raise Refused("unsupported_image") from None
    except Image.DecompressionBombError:
        raise Refused("too_many_pixels") from None
    except (OSError, SyntaxError, ValueError, struct.error, OverflowError, EOFError):
        raise Refused("invalid_image") from None
    if image.width * image.height > pixels:
        raise Refused("too_many_pixels")
    return image


def pixels_of(image: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    """The first frame as sRGB, grey or with transparency, upright. ``wanted`` lets JPEGs be read smaller."""
    try:
        if image.format in ("JPEG", "MPO") and image.mode in ("RGB", "L") and any(wanted):
            image.draft(image.mode, (wanted[0] or wanted[1], wanted[1] or wanted[0]))
        image.load()
    except (OSError, SyntaxError, ValueError, struct.error, OverflowError, EOFError, IndexError):
        raise Refused("invalid_image") from None
    profile = image.info.get("icc_profile")
    image = in_srgb(turned(image), profile)
    image.info = {}
    return image


def turned(image: Image.Image) -> Image.Image:
    """The image as its EXIF orientation means it; what cannot be understood turns nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # whatever hostile metadata does to its parser
        return image


def in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """One of the modes L, LA, RGB, RGBA, with the colours that the profile gives them."""
    if image.mode in SCALES_16_BIT:
        image = image.convert("I").point(lambda value: value / 257).convert("L")
    elif image.mode == "P" or "transparency" in image.info:
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    elif image.mode == "1":
        image = image.convert("L")
    alpha = image.getchannel("A") if image.mode in ("RGBA", "LA") else None
    if profile and image.mode in ("RGB", "RGBA", "CMYK"):
        image = converted(image.convert("RGB") if alpha else image, profile)
    if image.mode not in ("L", "LA", "RGB", "RGBA"):
        image = image.convert("RGB")
    if alpha is not None and image.mode == "RGB":
        image.putalpha(alpha)
    return image


def converted(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        moved = ImageCms.profileToProfile(image, source, SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return moved or image


def cropped(image: Image.Image, ratio: float, focal_x: float, focal_y: float) -> Image.Image:
    """The largest part of width:height ``ratio`` that has the focal point as near its middle as can be."""
    width = min(image.width, round(image.height * ratio))
    height = min(image.height, round(image.width / ratio))
    width, height = max(width, 1), max(height, 1)
    left = min(max(round(focal_x * image.width - width / 2), 0), image.width - width)
    top = min(max(round(focal_y * image.height - height / 2), 0), image.height - height)
    return image.crop((left, top, left + width, top + height))


def save(image: Image.Image, options: dict[str, Any], name: str = "result") -> None:
    if options["format"] == "JPEG" and image.mode in ("LA", "RGBA"):
        image = on_white(image)
    elif options["format"] in ("WEBP", "AVIF") and image.mode in ("L", "LA"):
        image = image.convert("RGB" if image.mode == "L" else "RGBA")
    image.save(name, **options)


def on_white(image: Image.Image) -> Image.Image:
    image = image.convert("RGBA")
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image).convert("RGB")


def placeholder_of(image: Image.Image) -> str:
    """A blurred image of 24 pixels as a data URL."""
    tiny = image.copy().convert("RGBA" if image.mode in ("LA", "RGBA") else "RGB")
    tiny.thumbnail((PLACEHOLDER, PLACEHOLDER))
    buffer = io.BytesIO()
    tiny.filter(ImageFilter.GaussianBlur(1)).save(buffer, "WEBP", quality=30)
    return "data:image/webp;base64," + base64.b64encode(buffer.getvalue()).decode()


def colors_of(image: Image.Image) -> list[str]:
    """The few colours that most of the image has, the commonest first, as ``#rrggbb``."""
    few = on_white(image).quantize(COLORS, Image.Quantize.MEDIANCUT, kmeans=3)
    palette = few.getpalette() or []
    counts = sorted(few.getcolors() or [], reverse=True)
    places = [int(index) * 3 for _, index in counts if isinstance(index, int)]
    return list(dict.fromkeys("#{:02x}{:02x}{:02x}".format(*palette[place : place + 3]) for place in places))


if __name__ == "__main__":
    main()
