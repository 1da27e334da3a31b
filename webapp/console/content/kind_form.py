"""The form that is made of a kind's schema: a field for each member of the content that it declares."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wtforms import Field, SelectChoice, SelectField, StringField, TextAreaField

from webapp.domain.content.kind_schema import SCALARS
from webapp.domain.content.texts import Changes, place_of, plain, pretty
from webapp.kernel.errors import FieldError
from webapp.kernel.json_text import MalformedJson, read_json

LONG = 200
"""Texts that may be longer get several lines."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of content. ``type`` is a scalar type of JSON Schema, or None: then it is written as JSON."""

    name: str
    label: str
    hint: str
    type: str | None
    choices: tuple[str, ...]
    is_long: bool
    is_required: bool

    @property
    def field(self) -> str:
        return f"content-{self.name}"

    def as_text(self, content: Mapping[str, Any]) -> str:
        if self.name not in content:
            return ""
        value = content[self.name]
        return plain(value) if isinstance(value, str) and self.is_text else pretty(value)

    def from_text(self, text: str) -> Any:
        """The value that a text means. Raises MalformedJson."""
        return text if self.is_text else read_json(text.encode(errors="surrogatepass"))

    @property
    def is_text(self) -> bool:
        return self.type == "string" or bool(self.choices)

    def input(self) -> Field:
        """The form's field."""
        if self.choices or self.type == "boolean":
            options = self.choices or ("true", "false")
            choices = [SelectChoice("", "Not set"), *(SelectChoice(option) for option in options)]
            return SelectField(self.label, description=self.hint, choices=choices, validate_choice=False)
        kind = TextAreaField if self.is_long or self.type is None else StringField
        return kind(self.label, description=self.hint or ("As JSON" if self.type is None else ""))


def members_of(schema: Mapping[str, Any]) -> list[Member]:
    """The members that a schema declares, in its order."""
    properties = schema.get("properties")
    if not isinstance(properties, dict):
        return []
    return list(_members(properties, schema.get("required") or []))


def content_texts(members: Sequence[Member], content: Mapping[str, Any]) -> dict[str, str]:
    """Content as the form shows it."""
    return {member.field: member.as_text(content) for member in members}


def read_content(
    members: Sequence[Member], before: Mapping[str, Any], texts: Mapping[str, str], changes: Changes
) -> None:
    """Put the content that the texts mean into ``changes``; members without a field stay as they were."""
    content, saved = dict(before), content_texts(members, before)
    for member in members:
        text = plain(texts.get(member.field))
        if text == saved[member.field]:
            continue
        content.pop(member.name, None)
        if text.strip():
            try:
                content[member.name] = member.from_text(text)
            except MalformedJson as error:
                detail = place_of(error) if member.type is None else f"Must be of type {member.type}."
                changes.errors.append(FieldError(f"/content/{member.name}", detail, "malformed_json"))
    if json.dumps(content) != json.dumps(before) or not before:
        changes.fields["content"] = content


def _members(properties: Mapping[str, Any], required: Sequence[str]) -> Iterator[Member]:
    for name, schema in properties.items():
        about = schema if isinstance(schema, dict) else {}
        choices = about.get("enum")
        is_choice = isinstance(choices, list) and all(isinstance(each, str) for each in choices)
        found = about.get("type")
        yield Member(
            name=name,
            label=str(about.get("title") or name),
            hint=str(about.get("description") or ""),
            type=found if found in SCALARS else None,
            choices=tuple(choices or ()) if is_choice else (),
            is_required=name in required,
            is_long=isinstance(about.get("maxLength"), int) and about["maxLength"] > LONG,
        )
