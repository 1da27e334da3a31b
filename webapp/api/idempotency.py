"""``Idempotency-Key``: a request that is sent again is answered again, and done once."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from functools import wraps
from hashlib import file_digest
from io import BufferedIOBase
from typing import Any, TypeVar, cast

from flask import Response, current_app, request

from webapp.domain.idempotency.commands import begin_once, keep_answer
from webapp.domain.idempotency.models import KEY_MAX
from webapp.kernel.errors import Malformed
from webapp.web import current_work

HEADER = "Idempotency-Key"
KEY = re.compile(rf"[!-~]{{1,{KEY_MAX}}}")
KEPT_HEADERS = ("Cache-Control", "Content-Type", "ETag", "Location")
PARAMETER = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "A name of your choice for this request, such as a UUID. Sent again within 24 hours with "
    "the same body it is not done again, and answered as it was the first time.",
    "schema": {"type": "string", "maxLength": KEY_MAX, "pattern": "^[!-~]+$"},
}

View = TypeVar("View", bound=Callable[..., Any])


def done_once(view: View) -> View:
    """Honour the header where a person sends it. The answer is kept only if it is a success."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        work = current_work()
        if HEADER not in request.headers or work.actor.id is None:
            return view(*args, **kwargs)
        key, request_hash = read_key(request.headers[HEADER]), hash_of_request()
        kept = begin_once(work, key, request_hash)
        if kept is not None:
            return Response(kept.body, kept.status, kept.headers)
        response = current_app.make_response(view(*args, **kwargs))
        headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
        body = response.get_data(as_text=True)
        keep_answer(work, key, request_hash, status=response.status_code, headers=headers, body=body)
        return response

    return once  # type: ignore[return-value]


def read_key(header: str) -> str:
    """The key, which the draft writes in quotation marks and many clients do not. Raises Malformed."""
    key = header.strip()
    if len(key) > 1 and key[0] == key[-1] == '"':
        key = key[1:-1]
    if not KEY.fullmatch(key):
        raise Malformed(f"{HEADER} must be 1 to {KEY_MAX} visible characters.", code="bad_idempotency_key")
    return key


def hash_of_request() -> str:
    """What makes a request the same: its method, its address and its body, of a form what it holds.

    Keyed, since the body may hold a password, which must not be found by trying.
    """
    start = f"{request.method} {request.full_path}\n".encode()
    secret = current_app.config["SECRET_KEY"].encode()
    body = form_text() if request.files else request.get_data(cache=True)
    return hmac.digest(secret, start + body, "sha256").hex()


def form_text() -> bytes:
    """The fields and files of a form: a client that sends it again draws another line between its parts."""
    fields, files = list(request.form.items(multi=True)), []
    for name, file in request.files.items(multi=True):
        digest = file_digest(cast(BufferedIOBase, file.stream), "sha256")
        files.append((name, file.filename, digest.hexdigest()))
        file.stream.seek(0)
    return json.dumps([fields, files]).encode()
