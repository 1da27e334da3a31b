"""Storage that is down, slow, full or coming back: 503 in our own words, and never half an object."""

from __future__ import annotations

import io
import resource
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.adapters.test_storage import KEY, ORIGIN, s3_storage
from tests.installations import SECRET_KEY, close_app, make_settings
from tests.services import S3Server, free_port
from webapp.adapters.storage.local import LocalStorage
from webapp.adapters.storage.s3 import Bucket, S3Storage
from webapp.app import create_app
from webapp.kernel.errors import NotFound, Unavailable
from webapp.ports import Storage

OTHER = "designs/2026/11/20261121_two.jpg"


@pytest.fixture
def server() -> Iterator[S3Server]:
    server = S3Server()
    yield server
    server.stop()


def assert_unavailable(storage: Storage) -> None:
    """Every call says so, within a few seconds."""
    calls: list[Callable[[], Any]] = [
        lambda: storage.put(OTHER, io.BytesIO(b"x")),
        lambda: storage.get(KEY),
        lambda: storage.stat(KEY),
        lambda: storage.delete(KEY),
        lambda: list(storage.list("")),
        storage.check,
    ]
    for call in calls:
        started = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            call()
        assert caught.value.code == "storage_unavailable"
        assert time.monotonic() - started < 4


def test_down_and_back(server: S3Server) -> None:
    storage = s3_storage(server)
    storage.put(KEY, io.BytesIO(b"kept"))
    server.kill()
    assert_unavailable(storage)
    server.start()
    assert b"".join(storage.get(KEY)) == b"kept"
    with pytest.raises(NotFound):
        storage.stat(OTHER)


def test_slow_and_back(server: S3Server) -> None:
    storage = s3_storage(server, read_timeout=0.3)
    storage.put(KEY, io.BytesIO(b"kept"))
    server.process.send_signal(signal.SIGSTOP)
    try:
        assert_unavailable(storage)
    finally:
        server.process.send_signal(signal.SIGCONT)
    deadline = time.monotonic() + 10
    while True:
        try:
            storage.put("designs/2026/11/20261121_three.jpg", io.BytesIO(b"works"))
            break
        except Unavailable:
            assert time.monotonic() < deadline


def test_a_server_that_dies_in_mid_upload_keeps_no_half(server: S3Server) -> None:
    storage = s3_storage(server)

    class Deadly(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 2**20:
                server.kill()
            return super().read(size)

    with pytest.raises(Unavailable):
        storage.put(KEY, Deadly(b"x" * 2**23))
    server.start()
    with pytest.raises(NotFound):
        storage.stat(KEY)


def test_a_server_that_refuses_us(server: S3Server) -> None:
    bucket = Bucket(server.bucket, "who", "knows", server.url, "us-east-1", True, None)
    assert_unavailable(S3Storage(bucket, ORIGIN))


def test_a_bucket_that_is_not_there(server: S3Server) -> None:
    keys = (server.access_key_id, server.secret_access_key)
    storage = S3Storage(Bucket("another", *keys, server.url, "us-east-1", True, None), ORIGIN)
    with pytest.raises(Unavailable, match="no such bucket"):
        storage.check()


def test_a_full_disk(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: writing fails in the middle just so."""
    storage = LocalStorage(tmp_path, ORIGIN, SECRET_KEY)
    storage.put(KEY, io.BytesIO(b"kept"))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, hard))
    try:
        for key in (KEY, OTHER):
            with pytest.raises(Unavailable) as caught:
                storage.put(key, io.BytesIO(b"x" * 2**21))
            assert caught.value.code == "storage_unavailable"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert b"".join(storage.get(KEY)) == b"kept"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [KEY.rpartition("/")[2]]
    storage.put(OTHER, io.BytesIO(b"works again"))


@pytest.fixture
def app_without_s3(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    bucket = {"s3_bucket": "b", "s3_access_key_id": "i", "s3_secret_access_key": "s", "s3_path_style": True}
    address = {"s3_endpoint_url": f"http://127.0.0.1:{free_port()}"}
    app = create_app(make_settings(database_url, tmp_path, **bucket, **address))
    yield app
    close_app(app)


def test_pages_and_health_without_storage(app_without_s3: Flask) -> None:
    client = app_without_s3.test_client()
    health = client.get("/health")
    assert (health.status_code, health.json["checks"]["storage"]["status"]) == (200, "warning")
    assert client.get("/").status_code == 200
    assert (
        client.get(f"/media/{KEY}", headers={"Accept": "application/json"}).json["code"]
        == "storage_unavailable"
    )
    assert client.get(f"/media/{KEY}").status_code == 503
    doctor = app_without_s3.test_cli_runner().invoke(args=["doctor"])
    assert "Storage does not answer" in doctor.output
