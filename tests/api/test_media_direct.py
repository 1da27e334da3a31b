"""Files sent straight to storage: agreed on, sent, confirmed; what is not, is collected."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import urllib3
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import update

from tests.adapters.test_storage import over_the_network, s3_storage
from tests.api.conftest import MakeApp
from tests.api.documents import pointers
from tests.api.media import UPLOAD, run_jobs, stored, uploaded
from tests.conftest import MakeUser, Person
from tests.pictures import encoded, photo, picture
from tests.services import S3Server
from webapp.domain.jobs.commands import enqueue
from webapp.domain.media.models import Media
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work
from webapp.ports import Storage

PHOTO = photo()


def agree(client: FlaskClient, person: Person, data: bytes = PHOTO, **query: Any) -> Any:
    what = {"filename": "a.jpg", "category": "cards", "content_type": "image/jpeg", "size": len(data)}
    return client.get(f"{UPLOAD}/presigned-url", query_string={**what, **query}, headers=person.headers)


def deliver(client: FlaskClient, agreed: dict[str, Any], data: bytes = PHOTO) -> int:
    """Send the file as the answer says, to this server."""
    parts = urlsplit(agreed["upload_url"])
    headers, body = agreed["headers"], data
    if agreed["method"] == "POST":
        body, content_type = urllib3.encode_multipart_formdata({**agreed["fields"], "file": ("a.jpg", data)})
        headers = {"Content-Type": content_type}
    url = f"{parts.path}?{parts.query}"
    return int(client.open(url, method=agreed["method"], data=body, headers=headers).status_code)


def confirm(client: FlaskClient, person: Person, agreed: dict[str, Any]) -> Any:
    body = {"object_key": agreed["object_key"]}
    return client.post(f"{UPLOAD}/confirm", json=body, headers=person.headers)


def rows(app: Flask) -> int:
    with app.app_context():
        found = db.session.query(Media).count()
        db.session.remove()
    return int(found)


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_agree_send_confirm(app: Flask, client: FlaskClient, member: Person, method: str) -> None:
    agreed = agree(client, member, method=method).json
    assert (agreed["method"], agreed["expires_in"]) == (method, 900)
    assert client.get(f"{UPLOAD}/images", headers=member.headers).json["total"] == 0
    assert deliver(client, agreed) == 204
    [incoming] = stored(app)
    assert client.get(f"/media/{incoming}").status_code == 404, "nobody reads what was not looked at"
    image = confirm(client, member, agreed)
    assert (image.status_code, image.json["object_key"]) == (200, agreed["object_key"])
    assert (image.json["public_url"], image.json["width"]) == (agreed["public_url"], 40)
    assert confirm(client, member, agreed).json == image.json
    run_jobs(app, "media.remove")
    assert stored(app) == [agreed["object_key"]]


def test_an_image_that_was_sent_before_is_named(
    client: FlaskClient, member: Person, make_user: MakeUser
) -> None:
    named = []
    for person in (member, make_user(), member):
        agreed = agree(client, person).json
        deliver(client, agreed)
        answer = confirm(client, person, agreed).json
        named.append((answer["object_key"], answer["duplicate_of"]))
    first, of_another, again = named
    assert (first[1], of_another[1]) == (None, None)
    assert again == (again[0], first[0]) and again[0] != first[0]


def test_what_was_sent_is_what_was_agreed_on(app: Flask, client: FlaskClient, member: Person) -> None:
    """Case 33: another size; the type in the next test, the rest in those on collecting and on replays."""
    for method in ("POST", "PUT"):
        agreed = agree(client, member, method=method).json
        assert deliver(client, agreed, PHOTO + b"x") == 422
        assert deliver(client, agreed, PHOTO[:-1]) == 422
    assert stored(app) == []
    answer = confirm(client, member, agreed)
    assert (answer.status_code, answer.json["code"]) == (409, "upload_missing")
    assert deliver(client, agreed) == 204
    assert confirm(client, member, agreed).status_code == 200


@pytest.mark.parametrize(
    ("data", "status", "code"),
    [
        (encoded(picture(), "PNG"), 422, "wrong_type"),
        (b"<html><script>alert(1)</script></html>", 415, "unsupported_image"),
        (PHOTO[:400], 422, "invalid_image"),
    ],
    ids=["another type", "html", "truncated"],
)
def test_what_is_no_such_image_is_forgotten(
    app: Flask, client: FlaskClient, member: Person, data: bytes, status: int, code: str
) -> None:
    agreed = agree(client, member, data).json
    assert deliver(client, agreed, data) == 204
    answer = confirm(client, member, agreed)
    assert answer.status_code == status
    assert {found[1] for found in pointers(answer)} == {code}
    run_jobs(app, "media.remove")
    assert (stored(app), rows(app)) == ([], 0)
    assert confirm(client, member, agreed).status_code == 404


@pytest.mark.one_database
def test_storage_that_took_another_size_than_was_signed(
    app: Flask, client: FlaskClient, member: Person
) -> None:
    agreed = agree(client, member).json
    name = urlsplit(agreed["upload_url"]).path.rpartition("/")[2]
    app.ports.storage.put(f"incoming/{name}", io.BytesIO(PHOTO[:-1]))  # type: ignore[attr-defined]
    assert pointers(confirm(client, member, agreed)) == {("/object_key", "out_of_range")}
    run_jobs(app, "media.remove")
    assert (stored(app), rows(app)) == ([], 0)


def test_wrong_wishes(app: Flask, client: FlaskClient, member: Person) -> None:
    answer = agree(client, member, content_type="image/svg+xml", category="x", size="0", method="PATCH")
    assert pointers(answer) == {
        ("/query/content_type", "invalid_choice"),
        ("/query/category", "invalid_choice"),
        ("/query/size", "out_of_range"),
        ("/query/method", "invalid_choice"),
    }
    too_large = agree(client, member, size=app.config["MAX_FILE_SIZE"] + 1)
    assert pointers(too_large) == {("/query/size", "out_of_range")}
    assert agree(client, member, category="designs").status_code == 403


def test_what_is_agreed_on_counts_against_the_quota(app: Flask, client: FlaskClient, member: Person) -> None:
    app.config["UPLOAD_QUOTA"] = int(len(PHOTO) * 1.5)
    assert agree(client, member).status_code == 200
    assert agree(client, member).json["code"] == "quota_exceeded"


def test_what_is_kept_counts_against_the_quota(app: Flask, client: FlaskClient, member: Person) -> None:
    """Images are written anew, and so may be kept in more bytes than were agreed on."""
    small = encoded(Image.effect_noise((200, 200), 80), quality=5)
    app.config["UPLOAD_QUOTA"] = int(len(small) * 1.1)
    for method in ("PUT", "POST"):
        agreed = agree(client, member, small, method=method).json
        assert deliver(client, agreed, small) == 204
        answer = confirm(client, member, agreed)
        assert (answer.status_code, answer.json["code"]) == (409, "quota_exceeded")
    run_jobs(app, "media.remove")
    assert (stored(app), rows(app)) == ([], 0)
    app.config["UPLOAD_QUOTA"] = len(small) * 100
    agreed = agree(client, member, small).json
    deliver(client, agreed, small)
    assert confirm(client, member, agreed).json["size"] > len(small) * 1.1


def test_fifty_at_once_never_exceed_the_quota(app: Flask, member: Person) -> None:
    """Case 34."""
    app.config["UPLOAD_QUOTA"] = int(len(PHOTO) * 7.5)
    with ThreadPoolExecutor(16) as pool:
        statuses = list(pool.map(lambda _: agree(app.test_client(), member).status_code, range(50)))
    assert (statuses.count(200), statuses.count(409)) == (7, 43)
    assert rows(app) == 7


def test_nobody_confirms_for_another(client: FlaskClient, member: Person, make_user: MakeUser) -> None:
    agreed = agree(client, member).json
    deliver(client, agreed)
    assert confirm(client, make_user(), agreed).status_code == 404
    assert confirm(client, member, agreed).status_code == 200


def collect(app: Flask) -> None:
    with app.app_context():
        enqueue(Work(db.session(), SYSTEM, utc_now()), "media.collect")
        db.session.commit()
        db.session.remove()
    assert ("media.collect", "queued") in run_jobs(app, "media.collect", "media.remove")  # for the next hour


def grow_old(app: Flask, age: timedelta) -> None:
    with app.app_context():
        db.session.execute(update(Media).values(created_at=utc_now() - age))
        db.session.commit()
        db.session.remove()


def test_unfinished_uploads_are_collected(app: Flask, client: FlaskClient, member: Person) -> None:
    image = uploaded(client, member)
    agreed = agree(client, member).json
    assert deliver(client, agreed) == 204
    agree(client, member)
    parts = app.config["DATA_DIR"] / "media" / ".partial"
    for name, hours in (("of a process that was killed", 13), ("of one that is at it", 0)):
        (parts / name).write_bytes(PHOTO)
        os.utime(parts / name, (time.time() - hours * 3600,) * 2)
    collect(app)
    assert [path.name for path in parts.iterdir()] == ["of one that is at it"]
    assert (len(stored(app)), rows(app)) == (2, 3)
    grow_old(app, timedelta(hours=13))
    collect(app)
    assert (stored(app), rows(app)) == ([image["object_key"]], 1)


def test_an_address_used_again_leaves_nothing(
    app: Flask, client: FlaskClient, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    agreed = agree(client, member).json
    deliver(client, agreed)
    image = confirm(client, member, agreed).json
    run_jobs(app, "media.remove")
    assert deliver(client, agreed) == 204
    shown = client.get(f"/media/{image['object_key']}").data
    assert len(shown) == image["size"], "the image is as it was confirmed"
    monkeypatch.setattr("webapp.domain.media.collecting.ABANDONED", timedelta(seconds=-1))
    collect(app)
    assert stored(app) == [image["object_key"]]


def test_pictures_go_with_their_person(
    app: Flask, client: FlaskClient, member: Person, admin: Person
) -> None:
    personal = uploaded(client, member, category="cards")
    common = uploaded(client, member, category="templates")
    assert client.delete("/api/v1/users/me", headers=member.headers).status_code == 200
    collect(app)
    assert stored(app) == [common["object_key"]]
    found = client.get(f"{UPLOAD}/images", headers=admin.headers).json["data"]
    assert [(image["id"], image["owner_id"]) for image in found] == [(common["id"], None)]
    assert personal["id"] != common["id"]


# --- S3 -------------------------------------------------------------------------------------


@pytest.fixture
def s3(settings: Any) -> Iterator[tuple[dict[str, Any], Storage]]:
    server = S3Server()
    keys = {"s3_access_key_id": server.access_key_id, "s3_secret_access_key": server.secret_access_key}
    bucket = {"s3_bucket": server.bucket, "s3_endpoint_url": server.url, "s3_path_style": True}
    yield {**keys, **bucket}, s3_storage(server)
    server.stop()


def test_the_whole_way_with_s3(
    s3: tuple[dict[str, Any], Storage], another_app: MakeApp, member: Person
) -> None:
    """Agreed on here, sent to the S3 server, confirmed and shown here."""
    changes, storage = s3
    app = another_app(**changes)
    client = app.test_client()
    agreed = agree(client, member).json
    assert agreed["upload_url"].startswith(changes["s3_endpoint_url"])
    as_html = {"Content-Type": "text/html"}
    other = over_the_network("PUT", agreed["upload_url"], body=PHOTO, headers=as_html)
    assert other[0] == 403
    assert confirm(client, member, agreed).json["code"] == "upload_missing"
    assert over_the_network("PUT", agreed["upload_url"], body=PHOTO, headers=agreed["headers"])[0] == 200
    image = confirm(client, member, agreed).json
    run_jobs(app, "media.remove")
    assert [found.key for found in storage.list("")] == [image["object_key"]]
    assert len(client.get(f"/media/{image['object_key']}").data) == image["size"]
    small = client.get(f"/media/{image['object_key']}?w=64&format=webp")
    assert (small.status_code, small.content_type) == (200, "image/webp")
