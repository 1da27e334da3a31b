"""Forms that show the domain's errors at their fields."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from flask import flash
from flask_wtf import FlaskForm
from wtforms.validators import ValidationError

from webapp.kernel.db import is_storable
from webapp.kernel.errors import DomainError, NotFound, Stale, Unavailable
from webapp.web import commit, rollback


class Form(FlaskForm):  # type: ignore[misc]
    """Base of every form of the console."""

    def show(self, error: DomainError) -> None:
        """Put each field error at its field, and what concerns no field at the top of the form."""
        for found in error.errors:
            field = self._fields.get(found.pointer.strip("/").replace("/", "-"))
            if field is not None:
                field.errors = [*field.errors, found.detail]
            else:
                self.form_errors.append(found.detail)
        if not error.errors:
            self.form_errors.append(error.detail)

    def flash_errors(self) -> None:
        """Say what went wrong where the form is a single button, which has no room for it."""
        for text in dict.fromkeys(text for errors in self.errors.values() for text in errors):
            flash(text, "error")


class submitting:
    """Run a command for ``form``: where the domain refuses, undo it and show why at the fields.

    What a form cannot mend (a page that is gone, a stale edit, a part that is down) passes through.
    """

    def __init__(self, form: Form) -> None:
        self.form = form

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        if not isinstance(error, DomainError) or isinstance(error, NotFound | Stale | Unavailable):
            return False
        commit() if error.keeps_work else rollback()
        self.form.show(error)
        return True


@contextmanager
def unless_stale(form: Form, words: str | None = None) -> Iterator[None]:
    """The same for a form that is a single button: why it could not be done is flashed, also that somebody
    has changed what its page showed, in ``words`` or in those of the error."""
    try:
        with submitting(form):
            yield
    except Stale as error:
        rollback()
        flash(words or error.detail, "warning")
    form.flash_errors()


def storable(form: Form, field: Any) -> None:
    """A validator that refuses text the database cannot hold."""
    if isinstance(field.data, str) and not is_storable(field.data):
        raise ValidationError("Contains characters that cannot be stored.")


def strip(text: str | None) -> str | None:
    """A filter that drops white space at the ends, which nobody types on purpose."""
    return text.strip() if text else text
