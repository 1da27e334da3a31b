"""Uploads through this server: what is kept, for whom, and how the rest is turned away."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.documents import pointers
from tests.api.media import UPLOAD, run_jobs, send, stored, uploaded
from tests.conftest import MakeUser, Person
from tests.pictures import SECRET, bomb, decoded, encoded, photo, picture
from webapp.domain.media.models import Media, MediaState
from webapp.extensions import db

KEY = re.compile(r"templates/\d{4}/\d\d/\d{14}_[0-9a-f]{32}\.jpg")


def test_upload(app: Flask, client: FlaskClient, member: Person) -> None:
    answer = send(client, member, photo(), filename="Holiday.JPG", alt_text=" By the sea ")
    image = answer.json
    assert answer.status_code == 201
    assert KEY.fullmatch(image["object_key"])
    assert UUID(image["id"]).version == 7
    assert (image["content_type"], image["width"], image["height"]) == ("image/jpeg", 40, 60)
    assert (image["filename"], image["alt_text"]) == ("Holiday.JPG", "By the sea")
    assert (image["owner_id"], image["category"]) == (str(member.id), "templates")
    assert image["public_url"].endswith(f"/media/{image['object_key']}")
    assert image["srcset"].count("/media/") == 4
    assert stored(app) == [image["object_key"]]
    shown = client.get(f"/media/{image['object_key']}")
    assert len(shown.data) == image["size"]
    assert SECRET.encode() not in shown.data
    assert shown.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    again = client.get(f"/media/{image['object_key']}", headers={"If-None-Match": shown.headers["ETag"]})
    assert again.status_code == 304


def test_the_same_image_is_kept_once(app: Flask, client: FlaskClient, member: Person, editor: Person) -> None:
    first = uploaded(client, member)
    again = send(client, member, filename="another name.jpg")
    assert (again.status_code, again.json["object_key"]) == (200, first["object_key"])
    theirs = uploaded(client, editor)
    assert theirs["object_key"] != first["object_key"]
    assert len(stored(app)) == 2


@pytest.mark.parametrize(
    ("filename", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("🌸 flower.png", "🌸 flower.png"),
        ("x" * 400 + ".jpg", "x" * 255),
        ("<script>.svg", "<script>.svg"),
    ],
)
def test_names_are_only_names(client: FlaskClient, member: Person, filename: str, shown: str) -> None:
    """Case 32."""
    image = uploaded(client, member, filename=filename)
    assert KEY.fullmatch(image["object_key"])
    assert image["filename"] == shown


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "unsupported_image"),
        (b"<html><script>alert(1)</script>", 415, "unsupported_image"),
        (encoded(picture(), "TIFF"), 415, "unsupported_image"),
        (encoded(picture(200, 200, seed=5))[:900], 422, "invalid_image"),
        (bomb(), 422, "too_many_pixels"),
    ],
    ids=["svg", "html", "tiff", "truncated", "bomb"],
)
def test_what_is_refused_leaves_nothing(
    app: Flask, client: FlaskClient, member: Person, data: bytes, status: int, code: str
) -> None:
    """Cases 28 to 30 over HTTP."""
    answer = send(client, member, data)
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert pointers(answer) == {("/file", code)}
    assert stored(app) == []
    assert client.get(f"{UPLOAD}/images", headers=member.headers).json["total"] == 0


def test_sizes(app: Flask, client: FlaskClient, member: Person) -> None:
    app.config["MAX_FILE_SIZE"] = size = len(encoded(picture()))
    assert send(client, member).status_code == 201
    over = send(client, member, encoded(picture()) + b"x")
    assert (over.status_code, over.json["code"]) == (413, "too_large")
    far_over = send(client, member, b"x" * (size + 100_000))
    assert (far_over.status_code, far_over.json["code"]) == (413, "too_large")
    empty = send(client, member, b"")
    assert (empty.status_code, pointers(empty)) == (422, {("/file", "too_short")})
    assert len(stored(app)) == 1


def test_wrong_forms(client: FlaskClient, member: Person) -> None:
    headers = member.headers
    assert client.post(f"{UPLOAD}/image", json={}, headers=headers).status_code == 415
    nothing = client.post(f"{UPLOAD}/image", data={"x": (io.BytesIO(b"1"), "x")}, headers=headers)
    assert pointers(nothing) == {("/file", "required"), ("/category", "required"), ("/x", "unknown_field")}
    text = client.post(
        f"{UPLOAD}/image",
        data={"file": "text", "category": "elsewhere", "alt_text": "x" * 501},
        content_type="multipart/form-data",
        headers=headers,
    )
    assert pointers(text) == {
        ("/file", "invalid_type"),
        ("/category", "invalid_choice"),
        ("/alt_text", "too_long"),
    }


def test_who_may_upload_what(app: Flask, client: FlaskClient, member: Person, make_user: MakeUser) -> None:
    assert send(client, member, category="designs").status_code == 403
    assert send(client, make_user("editor"), category="designs").status_code == 201
    assert send(client, make_user(status="pending")).status_code == 401
    assert send(client, member, b"<svg/>", category="designs").status_code == 403, "before it is looked at"
    assert len(stored(app)) == 1


# --- quota ----------------------------------------------------------------------------------


def test_quota(app: Flask, client: FlaskClient, member: Person, editor: Person) -> None:
    image = uploaded(client, member)
    app.config["UPLOAD_QUOTA"] = int(image["size"] * 1.5)
    over = send(client, member, encoded(picture(seed=3)))
    assert (over.status_code, over.json["code"]) == (409, "quota_exceeded")
    assert len(stored(app)) == 1
    assert send(client, editor, encoded(picture(seed=3))).status_code == 201
    url = f"{UPLOAD}/image/{image['object_key']}"
    assert client.delete(url, headers=member.headers).status_code == 200
    assert send(client, member, encoded(picture(seed=3))).status_code == 201


def test_many_at_once_never_exceed_the_quota(app: Flask, member: Person) -> None:
    def send_one(number: int) -> int:
        return int(send(app.test_client(), member, encoded(picture(seed=number))).status_code)

    first = app.test_client().get(f"{UPLOAD}/images", headers=member.headers)
    assert first.json["total"] == 0
    one = uploaded(app.test_client(), member, encoded(picture(seed=99)))
    app.config["UPLOAD_QUOTA"] = int(one["size"] * 4.5)
    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(send_one, range(1, 13)))
    assert set(statuses) == {201, 409}
    kept = app.test_client().get(f"{UPLOAD}/images", headers=member.headers).json["data"]
    assert sum(image["size"] for image in kept) <= app.config["UPLOAD_QUOTA"]
    assert statuses.count(201) + 1 == len(kept) == len(stored(app)) == 4


# --- several at once ------------------------------------------------------------------------


def test_several(app: Flask, client: FlaskClient, member: Person) -> None:
    files = [
        (io.BytesIO(encoded(picture(seed=1))), "one.jpg"),
        (io.BytesIO(b"<svg/>"), "two.svg"),
        (io.BytesIO(encoded(picture(seed=3), "PNG")), "three.png"),
    ]
    answer = client.post(
        f"{UPLOAD}/images", data={"files": files, "category": "cards"}, headers=member.headers
    )
    assert answer.status_code == 201
    assert [image["filename"] for image in answer.json["data"]] == ["one.jpg", "three.png"]
    assert [(e["filename"], e["code"]) for e in answer.json["errors"]] == [("two.svg", "unsupported_image")]
    assert sorted(stored(app)) == sorted(image["object_key"] for image in answer.json["data"])


def test_several_of_which_none_is_an_image(app: Flask, client: FlaskClient, member: Person) -> None:
    files = [(io.BytesIO(b"<svg/>"), "one.svg"), (io.BytesIO(b"x"), "two.jpg")]
    answer = client.post(
        f"{UPLOAD}/images", data={"files": files, "category": "cards"}, headers=member.headers
    )
    assert (answer.status_code, len(pointers(answer))) == (422, 2)
    assert stored(app) == []


# --- afterwards -----------------------------------------------------------------------------


def test_lists_are_ones_own_and_all_for_editors(client: FlaskClient, member: Person, editor: Person) -> None:
    mine = [uploaded(client, member, encoded(picture(seed=n)), filename=f"{n}.jpg") for n in (1, 2)]
    theirs = uploaded(client, editor, category="designs", alt_text="A red sari, 100% silk")
    url = f"{UPLOAD}/images"
    own = client.get(url, headers=member.headers).json
    assert [image["id"] for image in own["data"]] == [mine[1]["id"], mine[0]["id"]]
    assert own["data"][1] == mine[0]
    assert client.get(url, headers=editor.headers).json["total"] == 3
    for query, found in (
        ("category=designs", [theirs]),
        ("q=100%25", [theirs]),
        ("q=1.JP", [mine[0]]),
        ("missing_alt_text=false", [theirs]),
    ):
        answer = client.get(f"{url}?{query}", headers=editor.headers).json["data"]
        assert [image["id"] for image in answer] == [image["id"] for image in found], query


def test_changes(client: FlaskClient, member: Person, editor: Person) -> None:
    image = uploaded(client, member)
    url = f"{UPLOAD}/image/{image['object_key']}"
    answer = client.get(url, headers=member.headers)
    assert answer.json == image
    headers = {**member.headers, "If-Match": answer.headers["ETag"]}
    changed = client.patch(url, json={"alt_text": "The sea", "focal_x": 0.25}, headers=headers)
    assert (changed.json["alt_text"], changed.json["focal_x"], changed.json["focal_y"]) == (
        "The sea",
        0.25,
        0.5,
    )
    assert client.patch(url, json={"alt_text": ""}, headers=headers).status_code == 412
    assert client.put(url, json={"focal_y": 1}, headers=editor.headers).json["focal_y"] == 1
    wrong = client.patch(url, json={"focal_x": 1.1, "focal_y": -1, "size": 1}, headers=member.headers)
    assert ("/size", "unknown_field") in pointers(wrong)
    out = client.patch(url, json={"focal_x": 1.1, "focal_y": -1}, headers=member.headers)
    assert pointers(out) == {("/focal_x", "out_of_range"), ("/focal_y", "out_of_range")}


def test_delete(app: Flask, client: FlaskClient, member: Person) -> None:
    image = uploaded(client, member)
    url = f"{UPLOAD}/image/{image['object_key']}"
    answer = client.delete(url, headers=member.headers)
    assert (answer.status_code, answer.json["message"]) == (200, "Image deleted successfully")
    assert client.get(url, headers=member.headers).status_code == 404
    assert ("media.remove", "done") in run_jobs(app, "media.remove")
    assert stored(app) == []
    assert client.get(f"/media/{image['object_key']}").status_code == 404


def test_foreign_images_are_not_there(client: FlaskClient, member: Person, make_user: MakeUser) -> None:
    url = f"{UPLOAD}/image/{uploaded(client, member)['object_key']}"
    other = make_user()
    assert client.get(url, headers=other.headers).status_code == 404
    assert client.patch(url, json={"alt_text": "x"}, headers=other.headers).status_code == 404
    assert client.delete(url, headers=other.headers).status_code == 404
    assert client.delete(f"{UPLOAD}/image/../x", headers=other.headers).status_code == 404


def test_avatar(app: Flask, client: FlaskClient, member: Person) -> None:
    def give(seed: int) -> str:
        form = {"file": (io.BytesIO(encoded(picture(seed=seed))), "me.jpg")}
        answer = client.post("/api/v1/users/upload-avatar", data=form, headers=member.headers)
        assert answer.status_code == 200, answer.json
        return str(answer.json["profile_image_url"])

    first, second = give(1), give(2)
    assert first != second
    me = client.get("/api/v1/users/me", headers=member.headers).json
    assert me["profile_image_url"] == second
    run_jobs(app, "media.remove")
    assert [f"/media/{key}" for key in stored(app)] == [second[second.index("/media/") :]]
    assert give(2) == second


def test_a_failing_store_leaves_no_row(app: Flask, client: FlaskClient, member: Person) -> None:
    app.ports.storage.folder.write_text("no folder")  # type: ignore[attr-defined]
    answer = send(client, member)
    assert (answer.status_code, answer.json["code"]) == (503, "storage_unavailable")
    with app.app_context():
        assert db.session.query(Media).count() == 0
        db.session.remove()
    app.ports.storage.folder.unlink()  # type: ignore[attr-defined]
    assert send(client, member).status_code == 201


def test_ready_means_that_the_file_is_there(app: Flask, client: FlaskClient, member: Person) -> None:
    image = uploaded(client, member)
    with app.app_context():
        row = db.session.query(Media).one()
        assert (row.state, row.size) == (MediaState.READY, image["size"])
        db.session.remove()
    assert decoded(client.get(f"/media/{image['object_key']}").data).size == (60, 40)
