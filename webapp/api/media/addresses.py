"""Addresses of images in several widths."""

from __future__ import annotations

from flask import current_app, request

from webapp.domain.media.variants import SRCSET


def srcset_of(object_key: str) -> str:
    """Candidates for ``<img srcset>``: this server shows them, wherever the image itself is kept."""
    origin = current_app.config["PUBLIC_ORIGIN"] or request.host_url.rstrip("/")
    return ", ".join(f"{origin}/media/{object_key}?w={width} {width}w" for width in SRCSET)
