"""Kombu's transport over files, with files that are there as a whole or not at all.

Kombu writes a message where its readers look, and a reader that takes it too early gets nothing and ends
the worker ("Unrecoverable error: JSONDecodeError").
"""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem
from kombu.utils.json import dumps

SCHEME = "wholefiles"
"""What broker URLs of this transport begin with."""
TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


class Channel(filesystem.Channel):
    """Writes beside the place and then renames, which is one step."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        write_whole(Path(self.data_folder_out, name), dumps(payload))

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        file = self._exchange_file(exchange)
        self.control_folder.mkdir(exist_ok=True)
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        bindings = self.get_table(exchange)
        if binding not in bindings:
            write_whole(file, dumps([binding, *bindings]))


class Transport(filesystem.Transport):
    """The transport of that channel."""

    Channel = Channel


def write_whole(path: Path, text: str) -> None:
    """Write a file that nobody sees before it is complete."""
    part = path.with_name(f".{uuid.uuid4()}.part")
    try:
        part.write_text(text)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
