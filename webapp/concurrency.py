"""The web's side of the concurrency limit: slow clients have a thread, and keep nobody from working."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from webapp.kernel.concurrency import ConcurrencyLimit, waiting

if TYPE_CHECKING:
    from _typeshed.wsgi import InputStream, StartResponse, WSGIApplication, WSGIEnvironment

AT_ONCE = {"sqlite": 1, "postgresql": 2}
"""Requests that a process works on at a time: with a server, one is computed while the other waits for it."""
LONGEST = 0.05
"""Seconds after which a request does not count any more, if others wait."""
SMALL = 64 * 1024
"""Bytes of a body that is read before the work begins."""


class LimitConcurrency:
    """WSGI middleware: the application works on a few requests at a time.

    The server has many threads, of which most wait for bytes of slow clients. Those count only while they
    work: not while a body comes in, nor while an answer that is read piece by piece goes out.
    """

    def __init__(self, application: WSGIApplication, database: str) -> None:
        self.application = application
        self.limit = ConcurrencyLimit(AT_ONCE[database], LONGEST)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > SMALL or "HTTP_TRANSFER_ENCODING" in environ:
            environ["wsgi.input"] = UnhurriedInput(environ["wsgi.input"])
        elif int(length):
            environ["wsgi.input"] = BytesIO(whole(environ["wsgi.input"], int(length)))
        with self.limit.working():
            return self.application(environ, start_response)


def whole(stream: InputStream, size: int) -> bytes:
    """``size`` bytes, or fewer of a client that went away."""
    body = b""
    while len(body) < size and (piece := stream.read(size - len(body))):
        body += piece
    return body


class UnhurriedInput:
    """A body whose reader lets others work while it waits for bytes (PEP 3333, "Input and Error Streams")."""

    def __init__(self, stream: InputStream) -> None:
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        with waiting():
            return self.stream.read(size)

    def readline(self, size: int = -1) -> bytes:
        with waiting():
            return self.stream.readline(size)

    def readlines(self, hint: int = -1) -> list[bytes]:
        with waiting():
            return self.stream.readlines(hint)

    def __iter__(self) -> Iterator[bytes]:
        while line := self.readline():
            yield line
