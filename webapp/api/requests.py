"""Reading requests: strict JSON, every wrong field named at once, sizes limited by route."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from typing import Any, NoReturn, TypeVar

import marshmallow as ma
from flask import Request, current_app, request
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import CombinedMultiDict
from werkzeug.exceptions import UnsupportedMediaType

from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.json_text import read_json
from webapp.this_request import this_request
from webapp.web import rollback

FILES_MAX = 20
"""Files in one form."""
FIELDS_MAX = 20
FORM_MAX = 64 * 1024
"""Bytes of a form beside each file."""

View = TypeVar("View", bound=Callable[..., Any])


class StrictParser(FlaskParser):
    """webargs' parser with our JSON reader, our errors, and forms as strict as bodies."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "json": None,
        "form": ma.RAISE,
        "files": None,
    }

    def get_default_request(self) -> Request:
        return this_request()

    def load_querystring(self, req: Request, schema: ma.Schema) -> Any:
        """What was sent, and no more: to be asked for each field that was not, a MultiDict takes long."""
        sent = MultiDictProxy(req.args, schema)
        return {name: sent[name] for name in req.args}

    def load_json(self, req: Request, schema: ma.Schema) -> Any:
        body = req.get_data(cache=True)
        if body and not req.is_json:
            raise UnsupportedMediaType("Send the body as application/json.")
        return read_json(body) if body else {}

    def load_form(self, req: Request, schema: ma.Schema) -> Any:
        if req.mimetype not in ("", "application/x-www-form-urlencoded", "multipart/form-data"):
            raise UnsupportedMediaType("Send the body as application/x-www-form-urlencoded.")
        return MultiDictProxy(req.form, schema)

    def load_files(self, req: Request, schema: ma.Schema) -> Any:
        """Files and the fields beside them, as one form."""
        if req.mimetype != "multipart/form-data":
            raise UnsupportedMediaType("Send the body as multipart/form-data.")
        return MultiDictProxy(CombinedMultiDict([req.form, req.files]), schema)

    def handle_error(
        self,
        error: ma.ValidationError,
        req: Request,
        schema: ma.Schema,
        *,
        error_status_code: int | None,
        error_headers: Mapping[str, str] | None,
    ) -> NoReturn:
        raise Invalid(field_errors(error.messages))


def field_errors(messages: Any) -> list[FieldError]:
    """Flatten webargs' ``{location: messages}`` to field errors with JSON Pointers (RFC 6901)."""
    errors: list[FieldError] = []
    for location, found in messages.items():
        prefix = "/query" if location == "query" else ""
        errors.extend(_walk(found, prefix))
    return errors


def _walk(messages: Any, pointer: str) -> Iterator[FieldError]:
    if isinstance(messages, Mapping):
        for key, found in messages.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            yield from _walk(found, pointer + step)
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Mapping):
            yield from _walk(message, pointer)
        else:
            yield FieldError(pointer, str(message), getattr(message, "code", "invalid"))


def body_limit(size: int) -> Callable[[View], View]:
    """Refuse request bodies of more than ``size`` bytes with 413."""

    def decorate(view: View) -> View:
        @wraps(view)
        def limited(*args: Any, **kwargs: Any) -> Any:
            request.max_content_length = size
            return view(*args, **kwargs)

        return limited  # type: ignore[return-value]

    return decorate


def file_body(view: View) -> View:
    """Let a request bring a file of ``MAX_FILE_SIZE``, and keep the database free while it arrives."""
    return _file_body(view, 1)


def files_body(view: View) -> View:
    """The same for several files in one form."""
    return _file_body(view, FILES_MAX)


def _file_body(view: View, files: int) -> View:
    @wraps(view)
    def unhurried(*args: Any, **kwargs: Any) -> Any:
        rollback()
        request.max_content_length = files * (current_app.config["MAX_FILE_SIZE"] + FORM_MAX)
        request.max_form_parts = files + FIELDS_MAX
        return view(*args, **kwargs)

    return unhurried  # type: ignore[return-value]


small_body = body_limit(256 * 1024)
"""For routes that everybody may call: reading a body costs time before anything is known of the caller."""
