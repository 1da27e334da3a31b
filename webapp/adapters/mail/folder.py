"""Mails as files: one RFC 5322 message each, for development and for whoever has no mail server."""

from __future__ import annotations

import os
from collections.abc import Iterable
from email.message import EmailMessage
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import UUID

from webapp.kernel.errors import Unavailable


class FolderMailer:
    """Writes each mail to ``<id>.eml`` in ``folder``; the same mail again replaces its file."""

    def __init__(self, folder: Path, *, reaches_people: bool) -> None:
        self.folder = folder
        self.reaches_people = reaches_people

    def deliver(self, mail_id: UUID, message: EmailMessage) -> None:
        """Write the message; a reader finds the whole file or none. Only this user may read it."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.folder, prefix=".", delete=False) as file:
                temporary = Path(file.name)
                try:
                    file.write(message.as_bytes())
                    file.flush()
                    os.fsync(file.fileno())
                    temporary.replace(self._path(mail_id))
                finally:
                    temporary.unlink(missing_ok=True)
        except OSError as error:
            raise Unavailable(f"The folder of mails cannot be written: {error.strerror}.") from error

    def read(self, mail_id: UUID) -> bytes | None:
        try:
            return self._path(mail_id).read_bytes()
        except FileNotFoundError:
            return None

    def forget(self, mail_ids: Iterable[UUID]) -> None:
        for mail_id in mail_ids:
            self._path(mail_id).unlink(missing_ok=True)

    def check(self) -> str:
        return "files in DATA_DIR/mail"

    def _path(self, mail_id: UUID) -> Path:
        return self.folder / f"{mail_id}.eml"
