"""Complete themes to start from. Every pair of their colours that pages show passes AA in both schemes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.domain.themes.document import Document


@dataclass(frozen=True, slots=True)
class Preset:
    """A named document and its mood in a few words."""

    name: str
    mood: str
    document: Document


DIWALI = Preset(
    "Diwali",
    "Lamp light on maroon and marigold",
    {
        "colors": {
            "primary": "#A8420F",
            "secondary": "#7A1F4B",
            "accent": "#B8730A",
            "background": "#FFF9EF",
            "text": "#34190B",
            "error": "#A3152B",
            "success": "#4E8A2B",
            "warning": "#C26A00",
            "info": "#2F5FA8",
        },
        "dark_mode": {
            "background": "#1D1029",
            "text": "#FFF1D9",
            "primary": "#FFB84D",
            "secondary": "#F08AB8",
            "accent": "#FFD76A",
        },
        "typography": {
            "font_family": "Mukta, 'Noto Sans', sans-serif",
            "heading_font": "'Yatra One', 'Noto Serif', serif",
            "base_size": "17px",
            "scale_ratio": 1.25,
        },
        "spacing": {"base_unit": "4px", "scale_ratio": 1.75},
        "border_radius": {"small": "4px", "medium": "10px", "large": "20px", "round": "50%"},
    },
)

HOLI = Preset(
    "Holi",
    "Powder colours, loud and round",
    {
        "colors": {
            "primary": "#C2187A",
            "secondary": "#6B2FD6",
            "accent": "#0A8A94",
            "background": "#FFFDFE",
            "text": "#2B1633",
            "error": "#B3122D",
            "success": "#2E9B4F",
            "warning": "#D27A00",
            "info": "#2A58D8",
        },
        "dark_mode": {
            "background": "#20102B",
            "text": "#FFF4FB",
            "primary": "#FF7AC3",
            "secondary": "#B99CFF",
            "accent": "#4FDDE3",
        },
        "typography": {
            "font_family": "'Baloo 2', Nunito, sans-serif",
            "heading_font": "'Baloo 2', Nunito, sans-serif",
            "base_size": "18px",
            "scale_ratio": 1.333,
        },
        "spacing": {"base_unit": "5px", "scale_ratio": 1.6},
        "border_radius": {"small": "10px", "medium": "18px", "large": "32px", "round": "9999px"},
    },
)

MONSOON = Preset(
    "Monsoon",
    "Wet leaves and slate under a low sky",
    {
        "colors": {
            "primary": "#11696B",
            "secondary": "#40618A",
            "accent": "#5C7A1E",
            "background": "#F4F8F8",
            "text": "#16272C",
            "error": "#9E2334",
            "success": "#2B8C5A",
            "warning": "#B07400",
            "info": "#1F6FB5",
        },
        "dark_mode": {"background": "#0E1B20", "text": "#E4F0F0", "primary": "#5CC8C2"},
        "typography": {
            "font_family": "Hind, 'Noto Sans', system-ui, sans-serif",
            "heading_font": "Rajdhani, Hind, sans-serif",
            "base_size": "16px",
            "scale_ratio": 1.2,
        },
        "spacing": {"base_unit": "4px", "scale_ratio": 1.5},
        "border_radius": {"small": "2px", "medium": "6px", "large": "12px", "round": "50%"},
    },
)

JAIPUR = Preset(
    "Jaipur",
    "Pink sandstone, indigo block print",
    {
        "colors": {
            "primary": "#B2454E",
            "secondary": "#2D3F7F",
            "accent": "#A66A12",
            "background": "#FDF3EE",
            "text": "#3A1F23",
            "error": "#96122A",
            "success": "#3F8F4F",
            "warning": "#C06F10",
            "info": "#3059A8",
        },
        "dark_mode": {
            "background": "#261519",
            "text": "#FBE9E1",
            "primary": "#F2949A",
            "secondary": "#A9B8F5",
        },
        "typography": {
            "font_family": "Laila, 'Noto Serif', Georgia, serif",
            "heading_font": "'Rozha One', 'Noto Serif', Georgia, serif",
            "base_size": "1.0625rem",
            "scale_ratio": 1.414,
        },
        "spacing": {"base_unit": "0.25rem", "scale_ratio": 1.8},
        "border_radius": {"small": "0px", "medium": "2px", "large": "4px", "round": "50%"},
    },
)

MIDNIGHT_JASMINE = Preset(
    "Midnight Jasmine",
    "White petals on deep blue, quiet and exact",
    {
        "colors": {
            "primary": "oklch(0.45 0.13 268)",
            "secondary": "oklch(0.48 0.1 320)",
            "accent": "oklch(0.52 0.1 150)",
            "background": "oklch(0.985 0.006 100)",
            "text": "oklch(0.26 0.05 268)",
            "error": "oklch(0.45 0.17 20)",
            "success": "oklch(0.58 0.12 155)",
            "warning": "oklch(0.6 0.13 70)",
            "info": "oklch(0.52 0.13 245)",
        },
        "dark_mode": {
            "background": "oklch(0.18 0.045 268)",
            "text": "oklch(0.96 0.015 100)",
            "primary": "oklch(0.84 0.09 95)",
            "secondary": "oklch(0.8 0.09 320)",
            "accent": "oklch(0.82 0.09 155)",
        },
        "typography": {
            "font_family": "'Tiro Devanagari Hindi', 'Noto Serif', Georgia, serif",
            "heading_font": "Marcellus, 'Noto Serif', serif",
            "base_size": "1rem",
            "scale_ratio": 1.309,
        },
        "spacing": {"base_unit": "0.25rem", "scale_ratio": 2},
        "border_radius": {"small": "6px", "medium": "12px", "large": "24px", "round": "50%"},
    },
)

PRESETS: Final = (DIWALI, HOLI, MONSOON, JAIPUR, MIDNIGHT_JASMINE)
