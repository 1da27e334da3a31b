"""Naming a device by its User-Agent (RFC 9110, section 10.1.5), for people to recognise their sessions."""

from __future__ import annotations

import re

_CLIENTS = (
    ("Edge", r"Edg(?:e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/"),
    ("Safari", r"Version/.*Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux"),
)
"""The first that fits counts: browsers name those before them too."""


def device_of(user_agent: str | None) -> str:
    """A few words such as ``Firefox on Linux``; what is no browser is called by its own name."""
    text = user_agent or ""
    client = _first(_CLIENTS, text)
    system = _first(_SYSTEMS, text)
    if client is None:
        client = re.split(r"[/ (]", text, maxsplit=1)[0][:40] or "Unknown device"
    return f"{client} on {system}" if system else client


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for name, pattern in names if re.search(pattern, text)), None)
