"""Events by HTTP/1.1, to public addresses only.

A name is looked up once, every address that it has is judged, and the connection goes to one of just those:
a name that answers differently the second time (DNS rebinding) gains nothing. Proxies of the environment are
not used, and redirects are not followed, since either would connect to what nobody has judged.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Timer
from urllib.parse import urlsplit

from webapp import __version__
from webapp.ports.webhooks import WebhookAnswer

TIMEOUT = 10.0
"""Seconds until there is a connection, and again until there is an answer."""
ANSWER_MAX = 2048
"""Bytes of an answer that are read."""

_TRANSLATED = tuple(
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)
"""IPv6 addresses with an IPv4 address inside, which a gateway may lead anywhere (NAT64, 6to4, Teredo)."""


class Unreachable(Exception):
    """There is no address to connect to; the text says why."""


class HttpWebhookSender:
    """A :class:`webapp.ports.webhooks.WebhookSender`."""

    def __init__(self, *, allow_private: bool, timeout: float = TIMEOUT) -> None:
        self.allow_private = allow_private
        self.timeout = timeout

    def send(self, url: str, headers: Mapping[str, str], body: bytes) -> WebhookAnswer:
        start = time.monotonic()
        try:
            status, text = self._post(url, headers, body)
        except (Unreachable, OSError, http.client.HTTPException, UnicodeError) as error:
            took = time.monotonic() - start
            return WebhookAnswer(_milliseconds(took), problem=self._words(error, took))
        return WebhookAnswer(_milliseconds(time.monotonic() - start), status, text)

    def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        fixed = {
            "Host": parts.netloc.encode("idna").decode("ascii"),
            "Content-Type": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"Rangoli/{__version__}",
            "Connection": "close",
        }
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with self._connect(host, port) as plain, _cut_off(plain, self.timeout):
            plain.settimeout(self.timeout)
            with _secured(plain, host) if parts.scheme == "https" else plain as stream:
                connection = http.client.HTTPConnection(host, port)
                connection.sock = stream
                connection.request("POST", target, body, {**fixed, **headers})
                with connection.getresponse() as answer:
                    text = answer.read(ANSWER_MAX).decode(errors="replace")
                    return answer.status, text.replace("\0", "�")

    def _connect(self, host: str, port: int) -> socket.socket:
        """A connection to the first address of ``host`` that takes one."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self.allow_private and not all(is_public(address) for address in addresses):
            raise Unreachable(
                "The name leads to a private address. Allow this with WEBHOOK_PRIVATE_ADDRESSES=on."
            )
        for position, address in enumerate(addresses, 1):
            try:
                return socket.create_connection((address, port), timeout=self.timeout / len(addresses))
            except OSError:
                if position == len(addresses):
                    raise
        raise Unreachable("The name has no address.")

    def _words(self, error: Exception, took: float) -> str:
        match error:
            case Unreachable():
                return str(error)
            case socket.gaierror() | UnicodeError():
                return "There is no host of this name."
            case ssl.SSLCertVerificationError():
                return f"Its certificate does not hold: {error.verify_message}."
            case ssl.SSLError() if took < self.timeout:
                return "It does not speak TLS as it should."
            case ConnectionRefusedError():
                return "The connection was refused."
        if isinstance(error, TimeoutError) or took >= self.timeout:
            return f"There was no answer within {self.timeout:g} seconds."
        if isinstance(error, http.client.HTTPException) and not isinstance(error, ConnectionError):
            return "It answered something that is not HTTP."
        return "The connection broke off."


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet: no private network, loopback, link-local (where
    clouds keep their metadata), multicast or reserved one."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped is not None:
            return is_public(str(ip.ipv4_mapped))
        if ip.is_site_local or any(ip in network for network in _TRANSLATED):
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified)


def _secured(stream: socket.socket, host: str) -> ssl.SSLSocket:
    """TLS over a connection, with a certificate that the system trusts for ``host``."""
    return ssl.create_default_context().wrap_socket(stream, server_hostname=host)


@contextmanager
def _cut_off(stream: socket.socket, seconds: float) -> Iterator[None]:
    """End a connection after so many seconds, however slowly something still drips through it.

    Raises TimeoutError then, since what was read may be cut in the middle.
    """
    twin, is_over = stream.dup(), Event()

    def end() -> None:
        is_over.set()
        try:
            twin.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it is over already

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
        if is_over.is_set():
            raise TimeoutError
    finally:
        timer.cancel()
        timer.join()
        twin.close()


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
