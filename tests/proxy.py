"""A TCP proxy on loopback that a test can slow down, silence or cut."""

from __future__ import annotations

import selectors
import socket
import threading
import time


class TcpProxy:
    """Passes bytes on to ``port``. ``delay`` is in seconds for each piece; ``silent`` holds everything back
    while connections stay open; :meth:`cut` ends those that are open and refuses new ones."""

    def __init__(self, port: int) -> None:
        self.target = ("127.0.0.1", port)
        self.delay = 0.0
        self.silent = False
        self.is_cut = False
        self.ended = False
        self.pairs: dict[socket.socket, socket.socket] = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def cut(self) -> None:
        self.is_cut = True

    def mend(self) -> None:
        self.delay, self.silent, self.is_cut = 0.0, False, False

    def stop(self) -> None:
        self.ended = True
        self.thread.join(5)

    def _run(self) -> None:
        while not self.ended:
            if self.is_cut:
                for end in list(self.pairs):
                    self._close(end)
            if self.silent:
                time.sleep(0.02)
                continue
            for key, _ in self.selector.select(0.02):
                if key.fileobj is self.listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._pass_on(key.fileobj)
        for end in list(self.pairs):
            self._close(end)
        self.selector.close()
        self.listener.close()

    def _accept(self) -> None:
        near, _ = self.listener.accept()
        if self.is_cut:
            near.close()
            return
        try:
            far = socket.create_connection(self.target, 2)
        except OSError:
            near.close()
            return
        for one, other in ((near, far), (far, near)):
            self.pairs[one] = other
            self.selector.register(one, selectors.EVENT_READ)

    def _pass_on(self, end: socket.socket) -> None:
        other = self.pairs.get(end)
        if other is None:
            return
        try:
            piece = end.recv(65536)
            if self.delay:
                time.sleep(self.delay)
            if piece:
                other.sendall(piece)
                return
        except OSError:
            piece = b""
        self._close(end)

    def _close(self, end: socket.socket) -> None:
        for one in (end, self.pairs.get(end)):
            if one is not None and self.pairs.pop(one, None) is not None:
                self.selector.unregister(one)
                one.close()
