"""Forms that do something once, however often they are sent: by a double click, or loading the page again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, current_app, flash, redirect, request, session
from wtforms import HiddenField

from webapp.console.forms import Form
from webapp.domain.idempotency.commands import begin_once, keep_answer
from webapp.kernel.db import new_uuid
from webapp.web import current_work

View = TypeVar("View", bound=Callable[..., Any])


class OnceForm(Form):
    """A form with a token of the page that shows it; its view is :func:`done_once`."""

    once = HiddenField(default=lambda: new_uuid().hex)


def done_once(view: View) -> View:
    """Answer a form that is sent again from one page as it was the first time, and do nothing. Kept for that
    is where it led to, and what was flashed there; nothing of a refusal."""

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:
        if request.method != "POST" or not request.form.get("once"):
            return view(*args, **kwargs)
        work, digest = current_work(), _digest()
        key = f"form {digest}"
        kept = begin_once(work, key, digest, waits=True)
        if kept is not None:
            for category, message in json.loads(kept.body):
                flash(message, category)
            return redirect(kept.headers["Location"], kept.status)
        flashed = len(session.get("_flashes", ()))
        response: Response = current_app.make_response(view(*args, **kwargs))
        if response.location is not None:
            told, headers = json.dumps(session.get("_flashes", ())[flashed:]), {"Location": response.location}
            keep_answer(work, key, digest, status=response.status_code, headers=headers, body=told)
        return response

    return once  # type: ignore[return-value]


def _digest() -> str:
    """What makes two forms the same: where they go, the page that they are from, and all that was chosen."""
    fields = sorted(pair for pair in request.form.items(multi=True) if pair[0] != "csrf_token")
    return hashlib.sha256(json.dumps([request.path, fields]).encode()).hexdigest()
