"""Images read by a child process: what is kept, what is refused, and that nothing takes too much."""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Iterator

import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat

from tests.pictures import BLUE, RED, SECRET, bomb, decoded, encoded, mutated, photo, picture
from webapp.adapters.images.process import ChildProcessImages
from webapp.domain.themes.color import difference, parse
from webapp.kernel.errors import DomainError, Invalid, Unsupported
from webapp.ports import Picture, VariantRequest

MUTATIONS = int(os.environ.get("FUZZ_IMAGES", "2"))
KINDS = {
    "JPEG": ("jpg", "image/jpeg"),
    "PNG": ("png", "image/png"),
    "WEBP": ("webp", "image/webp"),
    "AVIF": ("avif", "image/avif"),
    "GIF": ("png", "image/gif"),
}


@pytest.fixture(scope="module")
def images() -> ChildProcessImages:
    return ChildProcessImages()


def is_near(found: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    return all(abs(one - other) < 25 for one, other in zip(found, wanted, strict=False))


def keep(images: ChildProcessImages, data: bytes) -> Picture:
    return images.keep(iter([data]))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_kept(images: ChildProcessImages, kind: str) -> None:
    kept = keep(images, encoded(picture(), kind))
    assert (kept.ending, kept.source_type) == KINDS[kind]
    assert (kept.width, kept.height) == (60, 40)
    again = decoded(kept.data).convert("RGB")
    assert is_near(again.getpixel((10, 20)), RED) and is_near(again.getpixel((50, 20)), BLUE)
    assert kept.placeholder.startswith("data:image/webp;base64,") and len(kept.placeholder) < 800
    assert len(kept.colors) >= 2 and all(len(color) == 7 for color in kept.colors)


def test_its_colours_are_those_that_the_eye_sees(images: ChildProcessImages) -> None:
    """Soft edges make a thousand others, none of which is one of them."""
    cloth = Image.new("RGB", (240, 240), "#f6f1eb")
    cloth.paste("#9b1c2e", (40, 0, 200, 240))
    cloth.paste("#1f3a78", (40, 200, 200, 240))
    found = keep(images, encoded(cloth.filter(ImageFilter.GaussianBlur(6)))).colors
    for wanted in ("#f6f1eb", "#9b1c2e", "#1f3a78"):
        nearest = min(difference(parse(wanted).rgb, parse(color).rgb) for color in found[:3])
        assert nearest < 0.05, (wanted, found)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_nothing_but_pixels_is_kept(images: ChildProcessImages, kind: str) -> None:
    """Cases 30 and 31: no metadata, and nothing of what hides behind an image."""
    options = {"comment": SECRET.encode()} if kind == "JPEG" else {}
    if kind != "PNG":
        options["xmp"] = f"<x:xmpmeta>{SECRET}</x:xmpmeta>".encode()
    sent = photo(kind, **options)
    assert SECRET.encode() in sent
    kept = keep(images, sent + b"<script>" + SECRET.encode() + b"</script>")
    for mark in (SECRET.encode(), b"Exif\0", b"eXIf", b"xmpmeta", b"<script>", b"ICC_PROFILE"):
        assert mark not in kept.data
    assert dict(decoded(kept.data).getexif()) == {}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_photos_stand_upright(images: ChildProcessImages, kind: str) -> None:
    kept = keep(images, photo(kind))
    assert (kept.width, kept.height) == (40, 60)
    upright = decoded(kept.data).convert("RGB")
    assert is_near(upright.getpixel((20, 5)), RED) and is_near(upright.getpixel((20, 55)), BLUE)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "1", "I;16", "CMYK"])
def test_every_mode(images: ChildProcessImages, mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = (
        picture(mode="L").convert("I").point(lambda v: v * 257).convert("I;16")
        if mode == "I;16"
        else picture(mode=mode)
    )
    kept = keep(images, encoded(image, kind))
    shown, wanted = (
        decoded(kept.data).convert("RGB"),
        image.convert("RGB") if mode != "I;16" else picture(mode="L"),
    )
    assert is_near(shown.getpixel((50, 20)), wanted.convert("RGB").getpixel((50, 20)))


def test_animations_are_their_first_frame(images: ChildProcessImages) -> None:
    frames = [picture(seed=number) for number in range(1, 6)]
    for kind in ("GIF", "WEBP", "PNG", "AVIF"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert getattr(decoded(data), "n_frames", 1) > 1
        assert getattr(decoded(keep(images, data).data), "n_frames", 1) == 1


def test_large_images_are_made_smaller(images: ChildProcessImages) -> None:
    kept = keep(images, encoded(picture(8192, 100)))
    assert (kept.width, kept.height) == (4096, 50)


# --- refusals -------------------------------------------------------------------------------

FAKES = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
    "html": b"<!doctype html><script>alert(1)</script>",
    "pdf": b"%PDF-1.7\n",
    "empty": b"",
    "tiff": encoded(picture(), "TIFF"),
    "bmp": encoded(picture(), "BMP"),
    "ico": encoded(picture(), "ICO"),
    "eps": encoded(picture(), "EPS"),
    "gif and nothing more": b"GIF89a",
    "html behind a jpeg's mark": b"\xff\xd8\xff<html><script>alert(1)</script>",
}


@pytest.mark.parametrize("name", FAKES)
def test_what_is_no_image(images: ChildProcessImages, name: str) -> None:
    """Cases 29 and 30."""
    with pytest.raises((Unsupported, Invalid)) as caught:
        keep(images, FAKES[name])
    assert caught.value.code in ("unsupported_image", "invalid_image")
    assert isinstance(caught.value, Unsupported) == (caught.value.code == "unsupported_image")


@pytest.mark.parametrize("kind", KINDS)
def test_truncated(images: ChildProcessImages, kind: str) -> None:
    whole = encoded(picture(300, 200, seed=7), kind)
    with pytest.raises(DomainError) as caught:
        keep(images, whole[: len(whole) * 2 // 3])
    assert caught.value.code in ("invalid_image", "unsupported_image")


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    """Case 28."""
    images = ChildProcessImages(memory=256 * 2**20)
    started = time.monotonic()
    for data in (bomb(), bomb(30_000)):
        assert len(data) < 200_000
        with pytest.raises(Invalid) as caught:
            keep(images, data)
        assert caught.value.code == "too_many_pixels"
    assert time.monotonic() - started < 10


def test_many_pixels_are_no_bomb(images: ChildProcessImages) -> None:
    assert keep(images, bomb(7_000)).width == 4096


@pytest.fixture(scope="module")
def heavy() -> bytes:
    return encoded(picture(7000, 7000), "WEBP", method=0, quality=10)


@pytest.mark.parametrize(
    ("limit", "codes"),
    [
        ({"memory": 120 * 2**20}, {"image_too_costly", "invalid_image"}),
        ({"seconds": 1}, {"image_too_costly"}),
    ],
    ids=["memory", "time"],
)
def test_a_child_that_wants_too_much_is_ended(heavy: bytes, limit: dict[str, int], codes: set[str]) -> None:
    """Cases 28 and 29: the process that decodes is ended, and ours grows by nothing."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Invalid) as caught:
        keep(ChildProcessImages(**limit), heavy)
    assert caught.value.code in codes
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024


# --- variants -------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["jpg", "png", "webp", "avif"])
def test_variants(images: ChildProcessImages, ending: str) -> None:
    source = encoded(picture(600, 400))
    image = decoded(images.vary([source], [VariantRequest(300, None, "contain", ending)])[0])
    assert image.size == (300, 200)
    assert image.format == {"jpg": "JPEG"}.get(ending, ending.upper())


def variant(images: ChildProcessImages, *wish: object) -> Iterator[tuple[int, ...]]:
    """Size and the colours of the left and right edge."""
    image = decoded(images.vary([encoded(picture(600, 400))], [VariantRequest(*wish)])[0]).convert("RGB")  # type: ignore[arg-type]
    yield image.size
    for x in (2, image.width - 3):
        yield image.getpixel((x, image.height // 2))


def test_fits_and_focal_points(images: ChildProcessImages) -> None:
    assert next(variant(images, 300, 300, "contain", "png")) == (300, 200)
    assert next(variant(images, None, 100, "contain", "png")) == (150, 100)
    assert next(variant(images, 1280, None, "contain", "png")) == (600, 400), "never larger than it is"
    for focal_x, left, right in ((0.5, RED, BLUE), (0.0, RED, RED), (1.0, BLUE, BLUE)):
        size, *edges = variant(images, 100, 200, "cover", "png", focal_x, 0.5)
        assert size == (100, 200)
        assert is_near(edges[0], left) and is_near(edges[1], right)


def test_transparency_becomes_white_where_there_is_none(images: ChildProcessImages) -> None:
    glass = picture(mode="RGBA")
    glass.putalpha(0)
    shown = decoded(images.vary([encoded(glass, "PNG")], [VariantRequest(64, None, "contain", "jpg")])[0])
    assert is_near(shown.getpixel((5, 5)), (255, 255, 255))


# --- fuzz -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_images_are_kept_whole_or_refused(images: ChildProcessImages, kind: str) -> None:
    """``make fuzz-images`` makes the number of mutations large."""
    data = photo(kind) if kind != "GIF" else encoded(picture(), kind)
    for seed in range(MUTATIONS):
        try:
            kept = keep(images, mutated(data, seed))
        except (Invalid, Unsupported):
            continue
        assert decoded(kept.data).size == (kept.width, kept.height), seed
        assert SECRET.encode() not in kept.data, seed


def test_many_variants_of_one_decoding_are_those_of_many(images: ChildProcessImages) -> None:
    source = encoded(picture(1200, 800))
    requests = [
        VariantRequest(640, None, "contain", "webp"),
        VariantRequest(64, 64, "cover", "png", 0.2, 0.5),
        VariantRequest(320, None, "contain", "jpg"),
        VariantRequest(None, 128, "contain", "png"),
    ]
    together = [decoded(data) for data in images.vary([source], requests)]
    alone = [decoded(images.vary([source], [request])[0]) for request in requests]
    assert [one.format for one in together] == ["WEBP", "PNG", "JPEG", "PNG"]
    for one, other in zip(together, alone, strict=True):
        assert one.size == other.size
        difference = ImageChops.difference(one.convert("RGB"), other.convert("RGB"))
        assert max(ImageStat.Stat(difference).mean) < 2
