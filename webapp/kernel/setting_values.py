"""Kinds of value in the environment: each takes a text, and raises ValueError with the end of a sentence."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit


def choice(*choices: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in choices:
            raise ValueError(f"must be one of: {', '.join(choices)}")
        return text

    return parse


def number(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(text)

    return parse


def switch(text: str) -> bool:
    if text not in ("on", "off"):
        raise ValueError("must be on or off")
    return text == "on"


def origin(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must be an origin such as https://example.org, without a path")
    return f"{parts.scheme}://{parts.netloc}"


def web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://example.org/images")
    return text.rstrip("/")


def origins(text: str) -> tuple[str, ...]:
    if text == "*":
        return ("*",)
    return tuple(origin(part.strip()) for part in text.split(",") if part.strip())


def hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    if not all(re.fullmatch(r"\.?[a-z0-9.-]+|\[[0-9a-f:]+\]", host) for host in hosts):
        raise ValueError("must be host names separated by commas, without ports")
    return hosts


def mail_address(text: str) -> str:
    _, address = parseaddr(text)
    if not text.isprintable() or not re.fullmatch(r"[^\s<>@,;]+@[^\s<>@,;]+", address):
        raise ValueError("must be an address such as x@example.org, or Name <x@example.org>")
    return text


def database_url(text: str) -> str:
    for scheme in ("postgres://", "postgresql://", "postgresql+psycopg://"):
        if text.startswith(scheme):
            return "postgresql+psycopg://" + text.removeprefix(scheme)
    path, mark, options = text.removeprefix("sqlite:///").partition("?")
    if text.startswith("sqlite:///") and path not in ("", ":memory:"):
        return f"sqlite:///{Path(path).resolve()}{mark}{options}"
    raise ValueError("must begin with sqlite:/// and a path, or with postgresql://")


def redis_url(text: str) -> str:
    if not text.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must begin with redis://, rediss:// or unix://")
    return text


def program(text: str) -> str:
    if shutil.which(text) is None:
        raise ValueError("must be a program that is there, by its name or its path")
    return text


def socket_address(text: str) -> str:
    """``host:port``, or the absolute path of a socket file."""
    host, _, port = text.rpartition(":")
    if not text.startswith("/") and not (host and port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("must be host:port, or the path of a socket")
    return text


def token(text: str) -> str:
    if not re.fullmatch(r"[\x21-\x7e]{16,}", text):
        raise ValueError("must have at least 16 characters of plain ASCII without spaces")
    return text


def sentry_dsn(text: str) -> str:
    parts = urlsplit(text)
    is_whole = parts.username and parts.hostname and parts.path.strip("/")
    if parts.scheme not in ("http", "https") or not is_whole:
        raise ValueError("must be the DSN of a project: scheme, key, host and number")
    return text


def app_redirects(text: str) -> tuple[str, ...]:
    """Addresses of apps: of a scheme of their own, or of their web pages, or of their machine (RFC 8252)."""
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    for address in found:
        scheme, colon, rest = address.partition(":")
        is_own = re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme) and scheme not in ("javascript", "data", "file")
        if not (is_own and colon and rest) or not re.fullmatch(r"[!-~]+", address) or "#" in address:
            raise ValueError("must be addresses such as org.example.app:/signed-in, separated by commas")
    return found


def private_key(text: str) -> str:
    """A key of the P-256 curve in PEM, whose line breaks may be written ``\\n``."""
    from joserfc.errors import JoseError  # takes its time to load, and few installations ask for it
    from joserfc.jwk import ECKey

    pem = text.replace("\\n", "\n")
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError) as error:
        raise ValueError("must be the text of the .p8 file from Apple") from error
    if not key.is_private or key.curve_name != "P-256":
        raise ValueError("must be the text of the .p8 file from Apple")
    return pem
