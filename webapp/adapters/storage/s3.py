"""Objects in a bucket of any server that speaks S3: AWS, Cloudflare R2, MinIO and others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any, BinaryIO

from webapp.kernel.concurrency import waiting
from webapp.kernel.errors import NotFound, Unavailable
from webapp.ports import STORAGE_KEY, DirectUpload, SignedClaim, StoredObject, content_type_of, is_public_key

PIECE = 1024 * 1024
"""Bytes that are read at a time, for the reason that local storage has."""
CONNECT_TIMEOUT = 3
READ_TIMEOUT = 6
"""Seconds without a byte."""
ATTEMPTS = 2
"""How often a call is tried in all; with the timeouts, the longest that a request may wait."""
CHECK_LASTS = 10
"""Seconds for which an answer to ``check`` holds, since everybody may ask for the state of this server."""
MISSING = frozenset({"NoSuchKey", "404", "NotFound"})
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where a bucket is and how to get in. ``endpoint_url`` None means AWS."""

    name: str
    access_key_id: str
    secret_access_key: str
    endpoint_url: str | None
    region: str
    path_style: bool
    public_url: str | None
    """Where everybody may read the bucket; None when this server shows its objects."""


class S3Storage:
    """Storage in one bucket. The client is made at its first use: importing it takes a moment and memory."""

    def __init__(self, bucket: Bucket, origin: str, *, read_timeout: float = READ_TIMEOUT) -> None:
        self.bucket = bucket
        self.origin = origin
        self.read_timeout = read_timeout
        self._lock = Lock()
        self._checked: tuple[float, Unavailable | None] | None = None

    def put(self, key: str, body: BinaryIO) -> StoredObject:
        headers = {"ContentType": content_type_of(key)}
        if is_public_key(key):
            headers["CacheControl"] = A_YEAR
        with speaking_plainly(), waiting():
            self.client.put_object(Bucket=self.bucket.name, Key=checked(key), Body=body, **headers)
        return self.stat(key)

    def get(self, key: str) -> Iterator[bytes]:
        with speaking_plainly(), waiting():
            body = self.client.get_object(Bucket=self.bucket.name, Key=checked(key))["Body"]

        def pieces() -> Iterator[bytes]:
            try:
                with speaking_plainly():
                    yield from body.iter_chunks(PIECE)
            finally:
                body.close()

        return pieces()

    def stat(self, key: str) -> StoredObject:
        with speaking_plainly(), waiting():
            found = self.client.head_object(Bucket=self.bucket.name, Key=checked(key))
        return StoredObject(key, found["ContentLength"], found["LastModified"])

    def delete(self, key: str) -> None:
        checked(key)
        with suppress(NotFound), speaking_plainly(), waiting():  # some servers say so
            self.client.delete_object(Bucket=self.bucket.name, Key=key)

    def list(self, prefix: str) -> Iterator[StoredObject]:
        with speaking_plainly():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket.name, Prefix=prefix
            )
            for page in pages:
                for found in page.get("Contents", ()):
                    yield StoredObject(found["Key"], found["Size"], found["LastModified"])

    def sweep(self, before: datetime) -> None:
        """Servers keep nothing of a file that they did not get to its end."""

    def public_url(self, key: str) -> str:
        base = self.bucket.public_url
        return f"{base}/{key}" if base else f"{self.origin}/media/{key}"

    def presigned_get(self, key: str, expires_in: int) -> str:
        return self._presign("get_object", key, expires_in)

    def presigned_put(self, key: str, size: int, expires_in: int) -> DirectUpload:
        content_type = content_type_of(key)
        url = self._presign("put_object", key, expires_in, ContentType=content_type, ContentLength=size)
        headers = {"Content-Type": content_type, "Content-Length": str(size)}
        return DirectUpload("PUT", url, {}, headers, expires_in)

    def presigned_post(self, key: str, size: int, expires_in: int) -> DirectUpload:
        content_type = content_type_of(key)
        with speaking_plainly():
            made = self.client.generate_presigned_post(
                self.bucket.name,
                checked(key),
                Fields={"Content-Type": content_type},
                Conditions=[{"Content-Type": content_type}, ["content-length-range", size, size]],
                ExpiresIn=expires_in,
            )
        return DirectUpload("POST", made["url"], made["fields"], {}, expires_in)

    def receive(self, claim: SignedClaim, signature: str, body: BinaryIO, content_type: str) -> StoredObject:
        raise NotFound

    def get_signed(self, claim: SignedClaim, signature: str) -> Iterator[bytes]:
        raise NotFound

    def check(self) -> str:
        with self._lock:
            if self._checked is None or self._checked[0] < time.monotonic() - CHECK_LASTS:
                self._checked = (time.monotonic(), self._failure())
        if self._checked[1] is not None:
            raise self._checked[1]
        return f"S3 bucket {self.bucket.name}"

    # --- the parts ---

    @cached_property
    def client(self) -> Any:
        """boto3's client, which any number of threads may use."""
        import boto3
        from botocore.config import Config

        config = Config(
            signature_version="s3v4",
            connect_timeout=CONNECT_TIMEOUT,
            read_timeout=self.read_timeout,
            retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
            s3={"addressing_style": "path" if self.bucket.path_style else "virtual"},
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        session = boto3.session.Session(
            aws_access_key_id=self.bucket.access_key_id,
            aws_secret_access_key=self.bucket.secret_access_key,
            region_name=self.bucket.region,
        )
        return session.client("s3", endpoint_url=self.bucket.endpoint_url, config=config)

    def _presign(self, operation: str, key: str, expires_in: int, **parameters: Any) -> str:
        with speaking_plainly():
            url: str = self.client.generate_presigned_url(
                operation,
                Params={"Bucket": self.bucket.name, "Key": checked(key), **parameters},
                ExpiresIn=expires_in,
            )
        return url

    def _failure(self) -> Unavailable | None:
        try:
            with speaking_plainly(), waiting():
                self.client.head_bucket(Bucket=self.bucket.name)
        except NotFound:
            return Unavailable("There is no such bucket.", code="storage_unavailable")
        except Unavailable as error:
            return error
        return None


def checked(key: str) -> str:
    """``key``, which must be one of ours. Raises NotFound."""
    if not STORAGE_KEY.fullmatch(key):
        raise NotFound
    return key


@contextmanager
def speaking_plainly() -> Iterator[None]:
    """Faults of the server and of the way to it in our own words; it may also refuse our credentials."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in MISSING:
            raise NotFound from error
        raise Unavailable("Storage refuses or fails.", code="storage_unavailable") from error
    except BotoCoreError as error:
        raise Unavailable("Storage does not answer.", code="storage_unavailable") from error
