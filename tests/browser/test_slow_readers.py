"""Clients that read slowly, or not at all."""

from __future__ import annotations

import socket
import urllib.request
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import LiveServer

pytestmark = pytest.mark.browser
READERS = 8
"""More than the web server has threads."""


def test_slow_readers_of_images_keep_nobody_waiting(live_server: LiveServer) -> None:
    key = "designs/2026/11/20261121_large.jpg"
    path = live_server.folder / "media" / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\xff" * 10_000_000)
    address = urlsplit(live_server.url)
    with ExitStack() as stack:
        for _ in range(READERS):
            reader = stack.enter_context(socket.socket())
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(20)
            reader.connect((address.hostname, address.port))
            reader.sendall(f"GET /media/{key} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            assert reader.recv(12) == b"HTTP/1.1 200", "it is being answered"
        assert urllib.request.urlopen(f"{live_server.url}/health", timeout=20).status == 200
    path.unlink()
