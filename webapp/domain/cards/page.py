"""A card as a page of HTML that needs nothing else, and as a sheet for the renderer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from webapp.domain.cards.layout import Frame
from webapp.kernel.errors import NotFound
from webapp.ports import STORAGE_KEY, Sheet, Storage, content_type_of, is_public_key

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
_MEDIA = re.compile(r"/media/([a-z0-9][a-z0-9._/-]{0,199})")


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
        fitted = "".join(
            f'[data-field="{name}"]{{font-size:calc({size:g}*var(--u,1px))!important}}'
            for name, size in self.fits.items()
        )
        chosen = f' data-theme="{scheme}"' if scheme else ""
        return (
            f'<!doctype html>\n<html{chosen}><head><meta charset="utf-8"><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
            f"<style>{self.theme_css}</style><style>{BASE}{STILL if is_still else ''}</style></head>"
            f"<body>{self.body}<style>{fitted}</style></body></html>"
        )

    def sheet(self, frame: Frame, storage: Storage, *, is_dark: bool = False) -> Sheet:
        """The page for the renderer, with the images that storage has."""
        return Sheet(
            html=self.html(is_still=True),
            width=frame.width,
            height=frame.height,
            scale=frame.scale,
            is_dark=is_dark,
            assets=assets_of(self.body, storage),
        )


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
