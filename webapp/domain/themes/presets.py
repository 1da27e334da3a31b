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
            "error": "#930F23",
            "success": "#1B9A80",
            "warning": "#9C6A00",
            "info": "#364C9E",
        },
        "dark_mode": {
            "background": "#1D1029",
            "text": "#FFF1D9",
            "primary": "#FFB84D",
            "secondary": "#F08AB8",
            "accent": "#FFD76A",
            "error": "#CE4A3F",
            "success": "#7CE8CF",
            "warning": "#E0A52F",
            "info": "#7088E6",
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
            "error": "#97002F",
            "success": "#0F9C88",
            "warning": "#986B00",
            "info": "#3A46B5",
        },
        "dark_mode": {
            "background": "#20102B",
            "text": "#FFF4FB",
            "primary": "#FF7AC3",
            "secondary": "#B99CFF",
            "accent": "#4FDDE3",
            "error": "#D0424A",
            "success": "#78EBD0",
            "warning": "#E2A63A",
            "info": "#7A8CF0",
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
            "error": "#8E0F2C",
            "success": "#1C9A80",
            "warning": "#946C0A",
            "info": "#2B51A0",
        },
        "dark_mode": {
            "background": "#0E1B20",
            "text": "#E4F0F0",
            "primary": "#5CC8C2",
            "error": "#C6463F",
            "success": "#7BE6CF",
            "warning": "#DBA53A",
            "info": "#6D8DE0",
        },
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
            "error": "#8F0A2A",
            "success": "#2A9A7C",
            "warning": "#9A6C06",
            "info": "#334A98",
        },
        "dark_mode": {
            "background": "#261519",
            "text": "#FBE9E1",
            "primary": "#F2949A",
            "secondary": "#A9B8F5",
            "error": "#CB4444",
            "success": "#86E6C8",
            "warning": "#DDA63C",
            "info": "#7C8CE4",
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
            "error": "oklch(0.42 0.17 15)",
            "success": "oklch(0.62 0.11 175)",
            "warning": "oklch(0.56 0.13 78)",
            "info": "oklch(0.45 0.14 268)",
        },
        "dark_mode": {
            "background": "oklch(0.18 0.045 268)",
            "text": "oklch(0.96 0.015 100)",
            "primary": "oklch(0.84 0.09 95)",
            "secondary": "oklch(0.8 0.09 320)",
            "accent": "oklch(0.82 0.09 155)",
            "error": "oklch(0.57 0.17 25)",
            "success": "oklch(0.86 0.11 178)",
            "warning": "oklch(0.76 0.14 78)",
            "info": "oklch(0.66 0.14 270)",
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
