"""Values to try a template with: in several scripts, and longer than anybody writes."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from webapp.domain.cards.template_config import OWN, Config

SAMPLE_COLOR = "#b2454e"
SAMPLE_IMAGE = "/sample-picture.svg"
"""Stands for an image until ``show_image`` puts one there; it is on no server."""
_PICTURE = Path(__file__).resolve().parent / "starters" / "sample-picture.svg"


@dataclass(frozen=True, slots=True)
class Sample:
    """What somebody might write in one language (BCP 47)."""

    label: str
    title: str
    message: str
    sender_name: str
    festival: str


SAMPLES: Mapping[str, Sample] = {
    "en": Sample(
        "English",
        "Happy Diwali",
        "May every lamp you light bring a quiet joy into your home and a warm glow to the year ahead.",
        "The Courtyard family",
        "Diwali",
    ),
    "hi": Sample(
        "Hindi",
        "शुभ दीपावली",
        "दीपों की रोशनी से आपका घर-आँगन जगमगाए और आने वाला वर्ष सुख, शांति और समृद्धि से भरा रहे। 🪔",
        "आँगन परिवार",
        "दीपावली",
    ),
    "ta": Sample(
        "Tamil",
        "இனிய தீபாவளி",
        "ஒளி உங்கள் இல்லத்தில் நிறையட்டும், மகிழ்ச்சி உங்கள் உள்ளத்தில் நிலைக்கட்டும். 🪔",
        "முற்றம் குடும்பம்",
        "தீபாவளி",
    ),
    "bn": Sample(
        "Bengali",
        "শুভ নববর্ষ",
        "নতুন বছরের প্রতিটি দিন আলোয়, গানে আর আনন্দে ভরে উঠুক। 🌼",
        "উঠোন পরিবার",
        "পহেলা বৈশাখ",
    ),
    "gu": Sample(
        "Gujarati",
        "નવરાત્રીની શુભકામનાઓ",
        "ગરબાના તાલે તમારા જીવનમાં ઉમંગ અને ભક્તિનો રંગ છલકાય. 🪘",
        "આંગણું પરિવાર",
        "નવરાત્રી",
    ),
    "ar": Sample(
        "Arabic",
        "عيد مبارك",
        "أعاده الله عليكم بالخير واليُمن والبركات، وكل عام وأنتم بألف خير. 🌙",
        "عائلة الفناء",
        "عيد الفطر",
    ),
    "zh": Sample(
        "Chinese",
        "新年快乐",
        "愿新的一年里，家家门前有灯火，岁岁年年常团圆。🏮",
        "庭院一家",
        "春节",
    ),
    "long": Sample(
        "Very long text",
        "With all our heartfelt wishes for a wonderful festival season",
        "This is a message that goes on for longer than most people write, because somebody always does: "
        "it thanks the neighbours for the sweets, remembers the evening on the roof when the whole street "
        "was full of light, promises to visit before the year is over, and asks that everyone at home be "
        "given a hug, the youngest ones twice and the dog at least once.",
        "Everybody on the third floor, and the people from the shop downstairs",
        "The festival of the five thousand lamps",
    ),
}
DEFAULT_SAMPLE = "en"
OWN_WORDS = "own"
"""In place of a language: what the template says by itself."""


def sample_values(config: Config, language: str, given: Mapping[str, Any]) -> tuple[Config, Config]:
    """The fields that every card has and those that the template declares: ``given`` ones, or else samples.

    ``own`` takes the template's defaults before those; an unknown ``language`` is English.
    """
    sample = SAMPLES.get(language, SAMPLES[DEFAULT_SAMPLE])
    declarations = {field["name"]: field for field in config.get("fields", [])}
    own: dict[str, Any] = {}
    for name in OWN:
        field = declarations.get(name, {})
        text = getattr(sample, name, "")[: field.get("maximum")] or None
        default = field.get("default") if language == OWN_WORDS else None
        own[name] = given.get(name) or default or text
    image = declarations.get("custom_image_url", {})
    if image.get("required") and image.get("default") is None:
        own["custom_image_url"] = own["custom_image_url"] or SAMPLE_IMAGE
    declared = [field for field in config.get("fields", []) if field["name"] not in OWN]
    values = {field["name"]: given.get(field["name"]) or _sample_of(field, sample) for field in declared}
    return own, {name: value for name, value in values.items() if value is not None}


def _sample_of(field: Mapping[str, Any], sample: Sample) -> Any:
    if field.get("default") is not None:
        return field["default"]
    match field.get("type", "text"):
        case "number":
            return 1
        case "choice":
            return field["choices"][0]
        case "color":
            return SAMPLE_COLOR if field.get("required") else None
        case "image":
            return SAMPLE_IMAGE if field.get("required") else None
    return sample.title[: field.get("maximum", len(sample.title))]


def show_image(body: str) -> str:
    """A template's output with a picture in the place of ``SAMPLE_IMAGE``."""
    return body.replace(SAMPLE_IMAGE, _sample_picture()) if SAMPLE_IMAGE in body else body


@lru_cache(maxsize=1)
def _sample_picture() -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(_PICTURE.read_bytes()).decode()}"
