"""Themes as clients send them."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

COLORS = {
    "primary": "#FF0000",
    "secondary": "#00FF00",
    "accent": "#0000FF",
    "background": "#FFFFFF",
    "text": "#000000",
    "error": "#FF0000",
    "success": "#00FF00",
    "warning": "#FFFF00",
    "info": "#0000FF",
}


def theme_document(name: str = "Test Theme", **colors: str) -> dict[str, Any]:
    """The theme of THEMES' own tests, with other ``colors`` where they are given."""
    return {
        "name": name,
        "colors": {**COLORS, **colors},
        "dark_mode": {"background": "#000000", "text": "#FFFFFF", "primary": "#FF0000"},
        "typography": {
            "font_family": "Arial, sans-serif",
            "heading_font": "Arial, sans-serif",
            "base_size": "16px",
            "scale_ratio": 1.25,
        },
        "spacing": {"base_unit": "4px", "scale_ratio": 2},
        "border_radius": {"small": "4px", "medium": "8px", "large": "16px", "round": "50%"},
    }


def create_theme(
    client: FlaskClient, headers: dict[str, str], name: str = "Test Theme", **colors: str
) -> dict[str, Any]:
    """Create a theme by API and answer it."""
    answer = client.post("/api/v1/themes", json=theme_document(name, **colors), headers=headers)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def pointers(answer: Any) -> set[tuple[str, str]]:
    """Pointer and code of every wrong field that a problem names."""
    assert answer.content_type == "application/problem+json"
    return {(error["pointer"], error["code"]) for error in answer.json["errors"]}
