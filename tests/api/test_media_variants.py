"""``/media/<key>?…``: images in other sizes and formats."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.api.media import UPLOAD, run_jobs, uploaded
from tests.conftest import Person
from tests.pictures import BLUE, RED, decoded, encoded, picture
from webapp.domain.media.keys import object_key
from webapp.domain.media.uploads import plain_name
from webapp.kernel.clock import utc_now
from webapp.kernel.db import new_uuid
from webapp.ports import VariantRequest

Show = Callable[..., Any]


@pytest.fixture
def image(client: FlaskClient, member: Person) -> dict[str, Any]:
    return uploaded(client, member, encoded(picture(600, 400)))


@pytest.fixture
def show(client: FlaskClient, image: dict[str, Any]) -> Show:
    def show(query: str, accept: str = "*/*", method: str = "GET", **headers: str) -> Any:
        url = f"/media/{image['object_key']}?{query}"
        return client.open(url, method=method, headers={"Accept": accept, **headers})

    return show


def files(app: Flask) -> list[Path]:
    return [path for path in app.ports.variant_files.folder.rglob("*") if path.is_file()]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("*/*", "image/jpeg"),
        ("image/webp,*/*;q=0.8", "image/webp"),
        ("image/avif,image/webp,image/apng,*/*;q=0.8", "image/avif"),
        ("image/avif;q=0,image/webp,*/*", "image/webp"),
        ("image/*", "image/jpeg"),
        ("", "image/jpeg"),
    ],
)
def test_the_best_format_that_the_caller_takes(show: Show, accept: str, content_type: str) -> None:
    answer = show("w=256", accept)
    assert (answer.status_code, answer.content_type) == (200, content_type)
    assert "Accept" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert decoded(answer.data).size == (256, 171)
    assert show("w=256", accept, **{"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_formats_by_name(show: Show) -> None:
    for name in ("jpeg", "png", "webp", "avif"):
        answer = show(f"h=128&format={name}", "image/avif")
        assert answer.content_type == f"image/{name}"
        assert "Accept" not in answer.headers.get("Vary", "")
        assert decoded(answer.data).size == (192, 128)


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("w=257", {"/query/w"}),
        ("w=-1&h=x", {"/query/w", "/query/h"}),
        ("w=99999999999999999999&fit=fill", {"/query/w", "/query/fit"}),
        ("h=64&format=svg", {"/query/format"}),
        ("w=٦٤", {"/query/w"}),
        ("w=", {"/query/w"}),
        ("w=64&focal=0.5", {"/query/focal"}),
        ("w=64&h=64&fit=cover&focal=1.1,-0.5", {"/query/focal"}),
    ],
)
def test_only_some_sizes_may_be_asked_for(app: Flask, show: Show, query: str, wrong: set[str]) -> None:
    answer = show(query, "application/json")
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_fields")
    assert {pointer for pointer, _ in pointers(answer)} == wrong
    assert files(app) == []


def test_a_variant_is_made_once(app: Flask, show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    first = show("w=128&format=webp").data
    [kept] = files(app)
    assert kept.read_bytes() == first
    kept.write_bytes(b"from the disk")
    assert show("w=128&format=webp").data == b"from the disk"


@pytest.mark.parametrize("query", ["w=64", "h=64&fit=cover&format=png", "w=64&h=128&fit=cover&focal=0.1,1"])
def test_what_is_kept_is_answered_like_what_was_made(show: Show, query: str) -> None:
    made, kept = show(query, "image/webp"), show(query, "image/webp")
    assert made.headers.pop("X-Request-Id")  # the application answered, and then the shelf in front of it
    made.headers.pop("Date")
    assert (kept.status_code, kept.data, dict(kept.headers)) == (200, made.data, dict(made.headers))
    head = show(query, "image/webp", method="HEAD")
    assert (head.status_code, head.data, dict(head.headers)) == (200, b"", dict(made.headers))
    known = show(query, "image/webp", **{"If-None-Match": f'"other", W/{made.headers["ETag"]}'})
    assert (known.status_code, known.data) == (304, b"")
    told = {name: value for name, value in made.headers.items() if name[:8] != "Content-" or "-S" in name}
    assert dict(known.headers) == told
    assert show(query, "image/webp", **{"If-Match": '"other"'}).status_code == 412


def test_private_files_have_no_variants(app: Flask, client: FlaskClient) -> None:
    for key in ("private/a.jpg", "incoming/a.jpg", "private/../designs/a.jpg"):
        request = VariantRequest(64, None, "contain", "png")
        app.ports.variant_files.keep(key, request, b"private")  # type: ignore[attr-defined]
        assert client.get(f"/media/{key}?w=64&format=png").status_code == 404, key


def test_crops_keep_the_focal_point_in_view(
    client: FlaskClient, member: Person, image: dict[str, Any], show: Show
) -> None:
    def middle() -> tuple[int, ...]:
        answer = show("w=64&h=128&fit=cover&format=png")
        assert answer.headers["Cache-Control"] == "public, max-age=86400"
        shown = decoded(answer.data)
        assert shown.size == (64, 128)
        color = shown.getpixel((32, 64))
        assert isinstance(color, tuple)
        return color

    for focal_x, color in ((0.05, RED), (0.95, BLUE)):
        url = f"{UPLOAD}/image/{image['object_key']}"
        client.patch(url, json={"focal_x": focal_x}, headers=member.headers)
        assert all(abs(one - other) < 25 for one, other in zip(middle(), color, strict=True))


def test_an_address_may_have_a_focal_point_of_its_own(app: Flask, show: Show) -> None:
    for focal, color in (("0.049,0.5", RED), ("0.05,0.5", RED), ("1,0.5", BLUE)):
        answer = show(f"w=64&h=128&fit=cover&format=png&focal={focal}")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        shown = decoded(answer.data).getpixel((32, 64))
        assert isinstance(shown, tuple) and all(abs(a - b) < 25 for a, b in zip(shown, color, strict=True))
    assert len(files(app)) == 2, "points are few, so that nobody fills the disk with them"


def test_variants_are_made_before_anybody_asks(app: Flask, image: dict[str, Any]) -> None:
    assert ("media.make_variants", "done") in run_jobs(app, "media.make_variants")
    assert len(files(app)) == 9


def test_variants_go_with_the_image(
    app: Flask, client: FlaskClient, member: Person, image: dict[str, Any], show: Show
) -> None:
    assert show("w=64").status_code == 200
    client.delete(f"{UPLOAD}/image/{image['object_key']}", headers=member.headers)
    run_jobs(app, "media.remove")
    assert files(app) == []
    assert show("w=64").status_code == 404
    assert show("w=64&h=64&fit=cover").status_code == 404


def test_what_is_no_image_of_ours(client: FlaskClient) -> None:
    for key in (
        "designs/2026/11/none.jpg",
        "incoming/x.jpg",
        "private/x.jpg",
        "..%2f..%2fsecret_key",
        "a%00b",
    ):
        for query in ("", "?w=64"):
            assert client.get(f"/media/{key}{query}").status_code in (404, 422), key


def test_trimming_removes_what_was_not_asked_for_longest(app: Flask, show: Show) -> None:
    sizes = {side: len(show(f"w={side}&format=png").data) for side in (64, 128, 256)}
    for hours, path in enumerate(sorted(files(app), key=lambda path: path.stat().st_size, reverse=True), 2):
        os.utime(path, times=(time.time() - hours * 3600,) * 2)
    show("w=64&format=png")
    app.ports.variant_files.trim(sizes[64] + sizes[256])  # type: ignore[attr-defined]
    left = sum(path.stat().st_size for path in files(app))
    assert left <= sizes[64] + sizes[256]
    assert sizes[64] <= left


def test_keys_are_made_by_the_server() -> None:
    media_id, now = new_uuid(), utc_now()
    key = object_key("designs", "jpg", media_id, now)
    assert key == f"designs/{now:%Y}/{now:%m}/{now:%Y%m%d%H%M%S}_{media_id.hex}.jpg"


def test_names_as_people_may_read_them() -> None:
    assert plain_name("..\\..\\boot.ini") == "boot.ini"
    assert plain_name("/etc/pass\0wd\u202e.jpg") == "passwd.jpg"
    assert plain_name("..") in ("", "..")
