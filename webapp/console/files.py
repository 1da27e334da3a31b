"""Forms that bring one file."""

from __future__ import annotations

from contextlib import closing

from flask import current_app
from flask_wtf.file import FileField

from webapp.console.forms import Form
from webapp.kernel.errors import FieldError, Invalid


class FileForm(Form):
    """A file of up to ``MAX_FILE_SIZE``; its view ``takes_files``."""

    file = FileField("File")

    def sent(self) -> bytes:
        """The file that was chosen. Raises Invalid."""
        most: int = current_app.config["MAX_FILE_SIZE"]
        data = b""
        if self.file.data:
            with closing(self.file.data) as file:
                data = file.read(most + 1)
        if not data:
            raise Invalid([FieldError("/file", "This field is required.", "required")])
        if len(data) > most:
            raise Invalid([FieldError("/file", f"Must have at most {most // 1024:,} KB.", "too_long")])
        return data
