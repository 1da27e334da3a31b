"""A card as a page of HTML that needs nothing else, and as a sheet for the renderer."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html import escape

from webapp.domain.cards.layout import Frame, frame
from webapp.kernel.errors import NotFound
from webapp.ports import (
    STORAGE_KEY,
    Measurement,
    Renderer,
    Sheet,
    Storage,
    content_type_of,
    is_public_key,
)

ASSETS_MAX = 12
ASSETS_BYTES_MAX = 30 * 1024 * 1024
STILL = (
    "*,*::before,*::after{animation-play-state:paused!important;animation-delay:-2s!important;"
    "transition:none!important}"
)
SCRIPTS = ("Devanagari", "Bengali", "Gujarati", "Gurmukhi", "Tamil", "Telugu", "Kannada", "Malayalam")
SANS = ",".join(
    f'"Noto Sans{each}"' for each in ("", *(f" {script}" for script in SCRIPTS), " Arabic", " CJK SC")
)
SERIF = ",".join(f'"Noto Serif{each}"' for each in ("", *(f" {script}" for script in SCRIPTS), " CJK SC"))
"""Named, since what a system chooses for a script by itself may lack letters of it (Grantha for Tamil)."""
BASE = (
    f':root{{--sans-scripts:{SANS},sans-serif;--serif-scripts:{SERIF},"Noto Naskh Arabic",serif}}'
    "html,body{margin:0;min-height:100%}"
    "body{font-family:var(--typography-font-family,sans-serif),var(--sans-scripts);"
    "color:var(--color-text,#1f2937);background:var(--color-background,#fff)}"
    "*,*::before,*::after{box-sizing:border-box}img{max-width:100%}"
)
_KEY = r"/media/([a-z0-9][a-z0-9._/-]{0,199})"
_MEDIA = re.compile(_KEY)
_BEFORE_ADDRESS = r"(?<=[\"'(=])"
"""What stands in front of addresses in HTML and CSS; words of people are left alone."""
_BACKGROUND = re.compile(
    r"(?<!@import )(?<!src:)(?<!src: )url\(\s*(?:[\"']|&quot;|&#34;|&#39;)?(?!data:|#)([^\"')&?\s]+)",
    re.IGNORECASE,
)
"""The address of an image in CSS, without its query."""
_ADDRESS = rf"{_KEY}(?:\?[^\s\"'()<>]*[^\s\"'()<>,])?"
_SRCSET = r"(?i:\ssrcset\s*=\s*(?:\"[^\"]*\"|'[^']*'))"
"""A list of addresses, each after a blank, a comma or the quote (HTML, 4.8.4.2.1)."""
_CONDITIONS = re.compile(
    r"<style\b.*?(?:</style|\Z)|\smedia\s*=\s*(?:\"[^\"]*\"|'[^']*')", re.IGNORECASE | re.DOTALL
)
_PREFERENCE = re.compile(r"\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)", re.IGNORECASE)
ALWAYS, NEVER = "(min-width:0)", "(max-width:0)"
"""Conditions of a window."""


@dataclass(frozen=True, slots=True)
class CardPage:
    """What a card's page is made of: the template's output, the theme's sheet, and sizes of fitted text."""

    body: str
    theme_css: str
    fits: Mapping[str, float]
    title: str | None = None

    def html(self, *, head: str = "", is_still: bool = False, scheme: str | None = None) -> str:
        """The whole page. A template may bring ``<html>`` and ``<head>``: parsers merge them.

        ``scheme`` (``light`` or ``dark``) stands above what the reader's device prefers. Fitted sizes follow
        ``--u``, the length of one pixel of the design, where a template defines it.
        """
        title = escape(self.title or "")
        body = _as_preferred(self.body, scheme) if scheme else self.body
        fitted = "".join(
            f'[data-field="{name}"]{{font-size:calc({size:g}*var(--u,1px))!important}}'
            for name, size in self.fits.items()
        )
        chosen = f' data-theme="{scheme}"' if scheme else ""
        return (
            f'<!doctype html>\n<html{chosen}><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
            f"<style>{self.theme_css}</style><style>{BASE}{STILL if is_still else ''}</style></head>"
            f"<body>{body}<style>{fitted}</style></body></html>"
        )

    def sheet(self, frame: Frame, storage: Storage, *, is_dark: bool = False) -> Sheet:
        """The page for the renderer, with the images that storage has."""
        page = self._by_path(storage)
        return Sheet(
            html=page.html(is_still=True),
            width=frame.width,
            height=frame.height,
            scale=frame.scale,
            is_dark=is_dark,
            assets=assets_of(page.body, storage),
        )

    def with_images(self, storage: Storage) -> CardPage:
        """The page with its images inside (as ``data:`` URLs), so that it needs nothing else."""
        page = self._by_path(storage)
        assets = assets_of(page.body, storage)

        def inside(address: re.Match[str]) -> str:
            found = assets.get(f"media/{address[1]}")
            if found is None:
                return address[0]
            return f"data:{found[0]};base64,{base64.b64encode(found[1]).decode()}"

        return replace(page, body=_with_addresses(page.body, _ADDRESS, inside))

    def _by_path(self, storage: Storage) -> CardPage:
        """The page with images of ours named by their path, where their public address was given."""
        address = re.escape(storage.public_url(""))
        return replace(self, body=_with_addresses(self.body, address, lambda _: "/media/"))


def _with_addresses(body: str, address: str, other: Callable[[re.Match[str]], str]) -> str:
    """A body with addresses that match a pattern replaced, also the later ones of a ``srcset``."""
    listed = re.compile(rf"(?<=[\s,\"']){address}")

    def change(found: re.Match[str]) -> str:
        return listed.sub(other, found[0]) if found[0][0].isspace() else other(found)

    return re.sub(f"{_SRCSET}|{_BEFORE_ADDRESS}{address}", change, body)


def _as_preferred(body: str, scheme: str) -> str:
    """A body whose styles hold as on a device that prefers ``scheme``."""

    def decide(found: re.Match[str]) -> str:
        return ALWAYS if found[1].lower() == scheme else NEVER

    return _CONDITIONS.sub(lambda found: _PREFERENCE.sub(decide, found[0]), body)


def measure(page: CardPage, size: tuple[int, int], renderer: Renderer, storage: Storage) -> Measurement:
    """The preflight of a page: what does not fit, images that do not load, characters that no font has.

    Browsers tell of images of elements; those of CSS that do not load are found here.
    """
    sheet = page.sheet(frame(size, size), storage)
    found = renderer.measure(sheet)
    wanted = {address.removeprefix("/") for address in _BACKGROUND.findall(sheet.html)}
    return replace(found, broken_images=found.broken_images + len(wanted - sheet.assets.keys()))


def assets_of(body: str, storage: Storage) -> dict[str, tuple[str, bytes]]:
    """The public images of storage that a page names by their path, as far as they are there."""
    assets: dict[str, tuple[str, bytes]] = {}
    total = 0
    for key in dict.fromkeys(_MEDIA.findall(body)):
        if len(assets) == ASSETS_MAX or total > ASSETS_BYTES_MAX:
            break
        if not STORAGE_KEY.fullmatch(key) or not is_public_key(key):
            continue
        try:
            data = b"".join(storage.get(key))
        except NotFound:
            continue  # the preflight tells of images that do not load
        total += len(data)
        assets[f"media/{key}"] = (content_type_of(key), data)
    return assets
