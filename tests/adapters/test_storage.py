"""One contract for every place that files are kept in: a local folder, and a bucket of a real S3 server."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import urllib3
from flask import Flask

from tests.installations import SECRET_KEY, make_settings
from tests.patience import wait_until
from tests.services import FormServer, S3Server
from webapp.adapters.storage.local import LocalStorage
from webapp.adapters.storage.s3 import Bucket, S3Storage
from webapp.app import Rangoli, create_app
from webapp.kernel.errors import NotFound
from webapp.ports import DirectUpload, Storage, is_public_key

HTTP = urllib3.PoolManager(retries=False, timeout=10)
KEY = "designs/2026/11/20261121_one.jpg"
ORIGIN = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Place:
    """One kind of storage, and how a client on the network reaches its addresses."""

    storage: Storage
    send: Callable[..., tuple[int, bytes]]


def over_the_network(method: str, url: str, **kwargs: Any) -> tuple[int, bytes]:
    answer = HTTP.request(method, url, **kwargs)
    return answer.status, answer.data


def into(app: Flask) -> Callable[..., tuple[int, bytes]]:
    """The same for an address of our own."""

    def send(method: str, url: str, *, body: bytes = b"", headers: Any = None, fields: Any = None) -> Any:
        parts = urlsplit(url)
        target = f"{parts.path}?{parts.query}"
        if fields is not None:
            body, content_type = urllib3.encode_multipart_formdata(fields)
            headers = {"Content-Type": content_type}
        answer = app.test_client().open(target, method=method, data=body, headers=headers)
        return answer.status_code, answer.data

    return send


@pytest.fixture(scope="module")
def s3_server() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.stop()


def s3_storage(server: S3Server | FormServer, **options: Any) -> S3Storage:
    keys = (server.access_key_id, server.secret_access_key)
    return S3Storage(Bucket(server.bucket, *keys, server.url, "us-east-1", True, None), ORIGIN, **options)


@pytest.fixture(scope="module")
def local_app(tmp_path_factory: pytest.TempPathFactory) -> Rangoli:
    """An application that keeps files in a folder."""
    folder = tmp_path_factory.mktemp("local")
    return create_app(make_settings(f"sqlite:///{folder}/unused.db", folder))


@pytest.fixture
def local_place(local_app: Rangoli) -> Iterator[Place]:
    """The same with an empty folder."""
    yield Place(local_app.ports.storage, into(local_app))
    shutil.rmtree(local_app.ports.storage.folder, ignore_errors=True)


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    if request.param == "local":
        yield request.getfixturevalue("local_place")
        return
    storage = s3_storage(request.getfixturevalue("s3_server"))
    yield Place(storage, over_the_network)
    for found in list(storage.list("")):
        storage.delete(found.key)


@pytest.fixture
def storage(place: Place) -> Storage:
    return place.storage


def keys(storage: Storage) -> list[str]:
    return [found.key for found in storage.list("")]


# --- objects --------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 3 * 1024 * 1024 + 7])
def test_what_is_put_comes_back(storage: Storage, size: int) -> None:
    body = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    assert storage.put(KEY, io.BytesIO(body)).size == size
    assert b"".join(storage.get(KEY)) == body
    assert storage.stat(KEY).size == size
    assert abs(storage.stat(KEY).modified_at.timestamp() - time.time()) < 60


def test_putting_again_replaces(storage: Storage) -> None:
    storage.put(KEY, io.BytesIO(b"longer than the next"))
    storage.put(KEY, io.BytesIO(b"short"))
    assert b"".join(storage.get(KEY)) == b"short"


def test_what_is_missing(storage: Storage) -> None:
    with pytest.raises(NotFound):
        storage.stat(KEY)
    with pytest.raises(NotFound):
        storage.get(KEY)
    storage.put(KEY, io.BytesIO(b"x"))
    for other in ("designs", "designs/2026", f"{KEY}/more.jpg"):
        with pytest.raises(NotFound):
            storage.get(other)
        with pytest.raises(NotFound):
            storage.stat(other)


def test_delete(storage: Storage) -> None:
    storage.put(KEY, io.BytesIO(b"x"))
    storage.delete(KEY)
    storage.delete(KEY)
    assert keys(storage) == []


def test_list_by_prefix(storage: Storage) -> None:
    names = ["a/1.png", "a/b/2.png", "ab/3.png", "c/4.png"]
    for name in reversed(names):
        storage.put(name, io.BytesIO(b"12345"))
    assert keys(storage) == names
    assert [found.key for found in storage.list("a/")] == names[:2]
    assert [found.key for found in storage.list("a")] == names[:3]
    assert [found.size for found in storage.list("c/")] == [5]
    assert list(storage.list("nothing/")) == []


HOSTILE = [
    "../x.jpg",
    "/etc/passwd",
    "a/../../x",
    "a//b",
    ".partial/x",
    "a/.b",
    "A/b",
    "a\0b",
    "a b",
    "ü",
    "",
    "a" * 201,
]


@pytest.mark.parametrize("key", HOSTILE)
def test_only_keys_of_the_server_are_keys(storage: Storage, key: str) -> None:
    for act in (storage.stat, storage.get, storage.delete, lambda key: storage.put(key, io.BytesIO(b"x"))):
        with pytest.raises(NotFound):
            act(key)
    assert keys(storage) == []
    assert not is_public_key(key)


def test_a_body_that_ends_in_an_error_leaves_nothing(storage: Storage) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise RuntimeError("the sender is gone")
            return super().read(1000)

    with pytest.raises(RuntimeError):
        storage.put(KEY, Broken(b"x" * 5000))
    assert keys(storage) == []


def test_state(storage: Storage) -> None:
    assert storage.check()


# --- addresses ------------------------------------------------------------------------------


def test_a_signed_address_shows_a_private_object(place: Place) -> None:
    place.storage.put("private/one.png", io.BytesIO(b"secret"))
    url = place.storage.presigned_get("private/one.png", 60)
    assert place.send("GET", url) == (200, b"secret")
    for wrong in (url[:-4] + "0000", url.replace("one.png", "two.png"), url.partition("?")[0]):
        status, body = place.send("GET", wrong)
        assert 400 <= status < 500 and b"secret" not in body


def test_a_signed_address_expires(place: Place) -> None:
    place.storage.put("private/one.png", io.BytesIO(b"secret"))
    url = place.storage.presigned_get("private/one.png", 1)
    longer = url.replace("expires=", "expires=9").replace("Expires=1", "Expires=100")
    assert 400 <= place.send("GET", longer)[0] < 500
    statuses: list[int] = []

    def is_over() -> bool:
        statuses.append(place.send("GET", url)[0])
        return statuses[-1] != 200

    wait_until(is_over, "it expires")
    assert 400 <= statuses[-1] < 500


PNG = "incoming/one.png"


def test_direct_put(place: Place) -> None:
    upload = place.storage.presigned_put(PNG, 5, 60)
    assert (upload.method, upload.headers["Content-Type"]) == ("PUT", "image/png")
    status, _ = place.send("PUT", upload.url, body=b"12345", headers=upload.headers)
    assert status in (200, 204)
    assert b"".join(place.storage.get(PNG)) == b"12345"


@pytest.mark.parametrize(
    ("change", "body", "content_type"),
    [
        (("", ""), b"1234", "image/png"),
        (("", ""), b"123456", "image/png"),
        (("", ""), b"", "image/png"),
        (("", ""), b"12345", "text/html"),
        (("one.png", "two.png"), b"12345", "image/png"),
        (("incoming/", "designs/"), b"12345", "image/png"),
        (("size=5", "size=6"), b"123456", "image/png"),
        (("ignature=", "ignature=0"), b"12345", "image/png"),
        (("xpires=", "xpires=9"), b"12345", "image/png"),
    ],
    ids=["shorter", "longer", "empty", "type", "key", "area", "size", "signature", "expiry"],
)
def test_direct_put_of_anything_else(
    place: Place, change: tuple[str, str], body: bytes, content_type: str
) -> None:
    upload = place.storage.presigned_put(PNG, 5, 60)
    if change[0] and change[0] not in upload.url:
        pytest.skip("S3 has no such word in its address")
    url = upload.url.replace(*change) if change[0] else upload.url
    status, _ = place.send("PUT", url, body=body, headers={"Content-Type": content_type})
    assert 400 <= status < 500
    assert keys(place.storage) == []


# --- forms ----------------------------------------------------------------------------------


def form_of(upload: DirectUpload, body: bytes, **changes: str) -> dict[str, Any]:
    return {**upload.fields, **changes, "file": ("any name.png", body, "application/octet-stream")}


def test_direct_post(local_place: Place) -> None:
    upload = local_place.storage.presigned_post(PNG, 5, 60)
    status, _ = local_place.send("POST", upload.url, fields=form_of(upload, b"12345"))
    assert status == 204
    assert b"".join(local_place.storage.get(PNG)) == b"12345"


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        (b"123456", {}),
        (b"1234", {}),
        (b"", {}),
        (b"12345", {"Content-Type": "text/html"}),
        (b"12345", {"key": "incoming/two.png"}),
        (b"12345", {"key": "../one.png"}),
        (b"123456", {"size": "6"}),
        (b"12345", {"expires": "9999999999"}),
        (b"12345", {"signature": "0" * 64}),
        (b"12345", {"another": "field"}),
    ],
)
def test_direct_post_of_anything_else(local_place: Place, body: bytes, changes: dict[str, str]) -> None:
    upload = local_place.storage.presigned_post(PNG, 5, 60)
    status, _ = local_place.send("POST", upload.url, fields=form_of(upload, body, **changes))
    assert status == 422
    assert keys(local_place.storage) == []


def test_an_address_of_one_method_serves_no_other(local_place: Place) -> None:
    put, post = local_place.storage.presigned_put(PNG, 5, 60), local_place.storage.presigned_post(PNG, 5, 60)
    signed = dict(parse_qsl(urlsplit(put.url).query))
    as_form = {**post.fields, "signature": signed["signature"], "expires": signed["expires"]}
    assert local_place.send("POST", post.url, fields={**as_form, "file": ("x", b"12345")})[0] == 422
    query = "&".join(f"{name}={post.fields[name]}" for name in ("size", "expires", "signature"))
    url = f"{put.url.partition('?')[0]}?{query}"
    assert local_place.send("PUT", url, body=b"12345", headers=put.headers)[0] == 422
    assert keys(local_place.storage) == []


def test_expired_uploads(local_place: Place, tmp_path: Path) -> None:
    moment = [1_000_000.0]
    storage = LocalStorage(tmp_path, ORIGIN, SECRET_KEY, clock=lambda: moment[0])
    upload = storage.presigned_put(PNG, 5, 60)
    status, body = local_place.send("PUT", upload.url, body=b"12345", headers=upload.headers)
    assert (status, json.loads(body)["errors"][0]["code"]) == (422, "expired")
    assert keys(local_place.storage) == []


def test_another_installation_signs_otherwise(local_place: Place, tmp_path: Path) -> None:
    foreign = LocalStorage(tmp_path, ORIGIN, "another secret key, just as long as ours").presigned_put(
        PNG, 5, 60
    )
    assert local_place.send("PUT", foreign.url, body=b"12345", headers=foreign.headers)[0] == 422


def test_an_s3_form_carries_a_policy_signed_as_amazon_describes() -> None:
    """The policy is read, and its signature (version 4) worked out, by hand."""
    bucket = Bucket("pictures", "the-id", "the-secret", "https://s3.example.org", "eu-south-1", True, None)
    upload = S3Storage(bucket, ORIGIN).presigned_post(PNG, 5, 60)
    policy = json.loads(base64.b64decode(upload.fields["policy"]))
    assert upload.url == "https://s3.example.org/pictures"
    assert {"bucket": "pictures"} in policy["conditions"]
    assert {"key": PNG} in policy["conditions"]
    assert {"Content-Type": "image/png"} in policy["conditions"]
    assert ["content-length-range", 5, 5] in policy["conditions"]
    day = upload.fields["x-amz-date"][:8]
    signature = b"AWS4the-secret"
    for part in (day, "eu-south-1", "s3", "aws4_request", upload.fields["policy"]):
        signature = hmac.digest(signature, part.encode(), hashlib.sha256)
    assert upload.fields["x-amz-signature"] == signature.hex()
    assert policy["expiration"] > time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


def test_public_addresses(tmp_path: Path) -> None:
    keys = ("the-id", "the-secret")
    behind_us = Bucket("pictures", *keys, None, "us-east-1", False, None)
    open_to_all = Bucket("pictures", *keys, None, "us-east-1", False, "https://files.example.org/p")
    assert S3Storage(behind_us, ORIGIN).public_url(KEY) == f"{ORIGIN}/media/{KEY}"
    assert S3Storage(open_to_all, ORIGIN).public_url(KEY) == f"https://files.example.org/p/{KEY}"
    assert LocalStorage(tmp_path, ORIGIN, SECRET_KEY).public_url(KEY) == f"{ORIGIN}/media/{KEY}"
