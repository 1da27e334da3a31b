"""Clients that read or send slowly, or not at all."""

from __future__ import annotations

import socket
import urllib.request
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import LiveServer

pytestmark = pytest.mark.browser
CLIENTS = 12
"""More than the web server works for at a time."""
SILENT = 400


def connect(stack: ExitStack, server: LiveServer) -> socket.socket:
    """A client that takes little at a time, and has said nothing yet."""
    address = urlsplit(server.url)
    client = stack.enter_context(socket.socket())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(20)
    client.connect((address.hostname, address.port))
    return client


def ask(stack: ExitStack, server: LiveServer, request: str) -> socket.socket:
    """A client that has sent ``request``, its first line and perhaps more."""
    client = connect(stack, server)
    line, _, rest = request.partition("\r\n")
    client.sendall(f"{line}\r\nHost: {urlsplit(server.url).netloc}\r\n{rest}".encode())
    return client


def is_well(server: LiveServer) -> bool:
    return urllib.request.urlopen(f"{server.url}/health", timeout=20).status == 200


def test_slow_readers_keep_nobody_waiting(live_server: LiveServer) -> None:
    key = "designs/2026/11/20261121_large.jpg"
    path = live_server.folder / "media" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.truncate(100_000_000)  # more than lies on the way between the server and its clients
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            reader = ask(stack, live_server, f"GET /media/{key} HTTP/1.1\r\n\r\n")
            assert reader.recv(12) == b"HTTP/1.1 200", "it is being answered"
        assert is_well(live_server)
    path.unlink()


@pytest.mark.parametrize("size", [100, 100_000])
def test_slow_senders_keep_nobody_waiting(live_server: LiveServer, size: int) -> None:
    head = f"POST /api/v1/auth/login HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {size}"
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            ask(stack, live_server, f'{head}\r\nExpect: 100-continue\r\n\r\n{{"login": "').recv(12)
        assert is_well(live_server)


def test_clients_that_say_nothing_keep_nobody_waiting(live_server: LiveServer) -> None:
    """Browsers open connections ahead, and keep those that they have used."""
    with ExitStack() as stack:
        for _ in range(SILENT):
            connect(stack, live_server)
        assert is_well(live_server)
