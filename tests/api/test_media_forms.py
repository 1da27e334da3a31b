"""Forms sent straight to a real S3 server that checks what they were signed for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.adapters.test_storage import PNG, form_of, keys, over_the_network, s3_storage
from tests.api.conftest import MakeApp
from tests.api.media import run_jobs
from tests.api.test_media_direct import PHOTO, agree, confirm
from tests.conftest import Person
from tests.services import FormServer
from webapp.adapters.storage.s3 import S3Storage

pytestmark = pytest.mark.one_database


@pytest.fixture(scope="module")
def server() -> Iterator[FormServer]:
    try:
        server = FormServer()
    except FileNotFoundError as missing:
        if os.environ.get("REQUIRE_SERVICES"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    s3_storage(server).client.create_bucket(Bucket=server.bucket)
    yield server
    server.stop()


@pytest.fixture
def storage(server: FormServer) -> S3Storage:
    storage = s3_storage(server)
    for found in list(storage.list("")):
        storage.delete(found.key)
    return storage


def test_only_what_was_signed_is_taken(storage: S3Storage) -> None:
    upload = storage.presigned_post(PNG, 5, 60)
    for body, changes in (
        (b"1234", {}),
        (b"123456", {}),
        (b"", {}),
        (b"12345", {"Content-Type": "text/html"}),
        (b"12345", {"key": "incoming/two.png"}),
        (b"12345", {"key": "designs/one.png"}),
        (b"12345", {"x-amz-signature": "0" * 64}),
        (b"12345", {"policy": storage.presigned_post(PNG, 5, 9999).fields["policy"]}),
    ):
        status, answer = over_the_network("POST", upload.url, fields=form_of(upload, body, **changes))
        assert status in (400, 403), (changes, answer)
    expired = storage.presigned_post(PNG, 5, -5)
    assert over_the_network("POST", expired.url, fields=form_of(expired, b"12345"))[0] == 403
    assert keys(storage) == []
    assert over_the_network("POST", upload.url, fields=form_of(upload, b"12345"))[0] == 204
    assert b"".join(storage.get(PNG)) == b"12345"


def test_the_whole_way_with_a_form(
    server: FormServer, storage: S3Storage, another_app: MakeApp, member: Person
) -> None:
    app = another_app(
        s3_bucket=server.bucket,
        s3_endpoint_url=server.url,
        s3_path_style=True,
        s3_access_key_id=server.access_key_id,
        s3_secret_access_key=server.secret_access_key,
    )
    client = app.test_client()
    agreed = agree(client, member, method="POST").json
    fields = {**agreed["fields"], "file": ("a.jpg", PHOTO)}
    assert over_the_network("POST", agreed["upload_url"], fields=fields)[0] == 204
    image = confirm(client, member, agreed).json
    run_jobs(app, "media.remove")
    assert keys(storage) == [image["object_key"]]
    assert len(client.get(f"/media/{image['object_key']}").data) == image["size"]
