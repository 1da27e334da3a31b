"""An entry as text: what forms and tables hold of each field, and what it means."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.domain.content.content_types import ContentType
from webapp.domain.content.fields import Field, Flag, JsonObject, TextList
from webapp.kernel.errors import FieldError
from webapp.kernel.json_text import MalformedJson, read_json

BREAK = "⏎"
"""Stands for a line break inside one entry of a list, which has a line for each."""


@dataclass(slots=True)
class Changes:
    """What a form changes, as commands take it, and the texts that mean nothing."""

    fields: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)


def to_texts(content_type: ContentType, document: Mapping[str, Any], tags: Iterable[str]) -> dict[str, str]:
    """An entry as its form shows it."""
    texts = {each.name: _as_text(each, document.get(each.name)) for each in content_type.fields}
    return {**texts, "tags": join_tags(tags)}


def to_changes(
    fields: Iterable[Field], texts: Mapping[str, str], saved: Mapping[str, str] | None = None
) -> Changes:
    """What ``texts`` mean, as far as they differ from ``saved``: what nobody touched stays as it was sent."""
    changes = Changes()
    for each in fields:
        text = plain(texts.get(each.name))
        if saved is not None and text == plain(saved.get(each.name)):
            continue
        try:
            changes.fields[each.name] = _from_text(each, text)
        except MalformedJson as error:
            changes.errors.append(FieldError(f"/{each.name}", place_of(error), "malformed_json"))
    text = plain(texts.get("tags"))
    if saved is None or text != plain(saved.get("tags")):
        changes.fields["tags"] = split_tags(text)
    return changes


def plain(text: str | None) -> str:
    """Text with the line ends that it had before a browser sent it."""
    return (text or "").replace("\r\n", "\n")


def split_tags(text: str) -> list[str]:
    """Names divided by commas; one that holds a comma stands in double quotes."""
    line = next(csv.reader([text.replace("\n", ",")], skipinitialspace=True), [])
    return [name.strip() for name in line if name.strip()]


def join_tags(names: Iterable[str]) -> str:
    """The text that ``split_tags`` reads as these names."""
    return ", ".join(_quoted(name) if set(name) & {",", '"'} else name for name in names)


def pretty(value: Any) -> str:
    """JSON as people read it."""
    return json.dumps(value, indent=2, ensure_ascii=False)


def _as_text(each: Field, value: Any) -> str:
    if isinstance(each.kind, JsonObject):
        return pretty({} if value is None else value)
    if isinstance(each.kind, TextList):
        return "\n".join(plain(text).replace("\n", BREAK) for text in value or ())
    if isinstance(each.kind, Flag):
        return "true" if value else ""
    return value or ""


def _from_text(each: Field, text: str) -> Any:
    if isinstance(each.kind, JsonObject):
        return read_json(text.encode(errors="surrogatepass"))
    if isinstance(each.kind, TextList):
        return [line.strip().replace(BREAK, "\n") for line in text.split("\n") if line.strip()]
    if isinstance(each.kind, Flag):
        return {"": None, "true": True, "false": False}.get(text.strip().lower(), text)
    return text if text or each.required else None


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def place_of(error: MalformedJson) -> str:
    """What is wrong with JSON, and where, for a person."""
    if error.line is None:
        return f"{error.reason}"
    return f"Line {error.line}, column {error.column}: {error.reason.rstrip('.')}."
