"""ClamAV's daemon, spoken to over its socket (clamd(8), "COMMANDS"): ``INSTREAM`` takes a file in pieces."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import BinaryIO

from webapp.kernel.errors import FieldError, Invalid, Unavailable

TIMEOUT = 30.0
"""Seconds for one answer of the daemon."""
PIECE = 64 * 1024
REPLY_MAX = 4096


class ClamdScanner:
    """``address`` is ``host:port``, or the path of a socket file."""

    def __init__(self, address: str, timeout: float = TIMEOUT) -> None:
        self.address = address
        self.timeout = timeout

    def scan(self, file: BinaryIO) -> None:
        """A file that the daemon finds too large or cannot read is refused like an infected one."""
        verdict = self._ask(b"zINSTREAM\0", file).removeprefix("stream: ")
        if verdict == "OK":
            return
        found = verdict.removesuffix(" FOUND")
        if found == verdict and not verdict.startswith("INSTREAM size limit"):
            raise _unavailable()
        detail = f"The virus scanner refuses it: {found}."
        raise Invalid([FieldError("/file", detail, "infected")], detail, code="infected")

    def check(self) -> str:
        if self._ask(b"zPING\0") != "PONG":
            raise _unavailable()
        return f"clamd at {self.address}"

    def _ask(self, command: bytes, file: BinaryIO | None = None) -> str:
        """The daemon's reply; one that comes before the whole file was taken counts too."""
        try:
            with self._connect() as connection:
                connection.sendall(command)
                try:
                    while file is not None and (piece := file.read(PIECE)):
                        connection.sendall(len(piece).to_bytes(4, "big") + piece)
                    if file is not None:
                        connection.sendall(bytes(4))
                except (BrokenPipeError, ConnectionResetError):
                    pass  # it has seen enough, and says why
                return _reply(connection)
        except OSError as error:
            raise _unavailable() from error

    def _connect(self) -> socket.socket:
        if self.address.startswith("/"):
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(self.timeout)
            try:
                connection.connect(self.address)
            except OSError:
                connection.close()
                raise
            return connection
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), self.timeout)


def _reply(connection: socket.socket) -> str:
    """What the daemon says, also where it then closes the connection on a file it has not read to its end."""
    reply = b""
    with suppress(ConnectionResetError):
        while len(reply) < REPLY_MAX and (piece := connection.recv(REPLY_MAX)):
            reply += piece
    return reply.rstrip(b"\0\n").decode("utf-8", "replace")


def _unavailable() -> Unavailable:
    return Unavailable("The virus scanner does not answer, so no file is taken.", code="scanner_unavailable")
