"""The types of content: what each is called and which fields it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.domain.content.fields import Field, Flag, ImageKey, JsonObject, Text, TextList, unknown_fields
from webapp.kernel.errors import FieldError

TITLE_MAX = 300
DESCRIPTION_MAX = 10_000
URL_MAX = 2048
LINE_MAX = 200
KEY_MAX = 100
KIND_MAX = 50
TAG_MAX = 64
TAGS_MAX = 50
LIST_MAX = 100
ACHIEVEMENT_MAX = 2000

_TITLE = Field("title", Text(TITLE_MAX, minimum=1, is_line=True))
_DESCRIPTION = Text(DESCRIPTION_MAX)
_URL = Text(URL_MAX)
_TECHNOLOGIES = TextList(Text(LINE_MAX), LIST_MAX)
_ACHIEVEMENTS = TextList(Text(ACHIEVEMENT_MAX), LIST_MAX)
_TAGS = TextList(Text(TAG_MAX, minimum=1, is_line=True), TAGS_MAX)


@dataclass(frozen=True)
class ContentType:
    """A type of content. ``name`` stands in the database and in paths, ``label`` in sentences."""

    name: str
    label: str
    fields: tuple[Field, ...]
    headline: tuple[str, ...]
    """The fields that an entry is known by in lists."""
    has_own_keys: bool = True
    """Whether clients choose the id; otherwise it is a number that the database gives."""
    visibility: str | None = None
    """The product setting that says who may read what is published; None where everyone may."""

    def headline_of(self, document: Mapping[str, Any]) -> str:
        return " · ".join(document[name] for name in self.headline if document.get(name))

    def read(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """The document of a whole entry that was checked, with a value for every field."""
        document = {field.name: field.read(sent.get(field.name))[0] for field in self.fields}
        absent = [field.name for field in self.fields if field.is_sparse and document[field.name] is None]
        for name in absent:
            del document[name]
        return document

    def creation_errors(self, sent: Mapping[str, Any]) -> list[FieldError]:
        """Everything that is wrong with a new entry as a client sent it."""
        missing = [
            FieldError(f"/{field.name}", "This field is required.", "required")
            for field in self.fields
            if field.required and field.name not in sent
        ]
        if not self.has_own_keys:
            return missing + self.change_errors(sent)
        rest = {name: value for name, value in sent.items() if name != "id"}
        return key_errors(sent.get("id")) + missing + self.change_errors(rest)

    def change_errors(self, sent: Mapping[str, Any]) -> list[FieldError]:
        """Everything that is wrong with the fields to change, and with the tags."""
        return [
            *(
                error
                for field in self.fields
                if field.name in sent
                for error in field.read(sent[field.name])[1]
            ),
            *unknown_fields(sent, {"tags", *(field.name for field in self.fields)}),
            *(tag_errors(sent["tags"]) if "tags" in sent else ()),
        ]


DATA = ContentType(
    "data",
    "Data item",
    (
        _TITLE,
        Field("description", _DESCRIPTION, required=False),
        Field("kind", Text(KIND_MAX, minimum=1, is_line=True), required=False, is_sparse=True),
        Field("content", JsonObject()),
    ),
    headline=("title",),
    has_own_keys=False,
)

PROJECT = ContentType(
    "projects",
    "Project",
    (
        _TITLE,
        Field("description", _DESCRIPTION),
        Field("image", _URL),
        Field("technologies", _TECHNOLOGIES),
        Field("link", _URL),
        Field("github", _URL, required=False),
        Field("appStore", _URL, required=False),
        Field("playStore", _URL, required=False),
        Field("achievements", _ACHIEVEMENTS),
    ),
    headline=("title",),
)

EXPERIENCE = ContentType(
    "experiences",
    "Experience",
    (
        Field("role", Text(LINE_MAX, minimum=1, is_line=True)),
        Field("company", Text(LINE_MAX, is_line=True)),
        Field("period", Text(LINE_MAX, is_line=True)),
        Field("description", _DESCRIPTION),
        Field("achievements", _ACHIEVEMENTS),
        Field("projects", TextList(Text(KEY_MAX), LIST_MAX)),
        Field("color", Text(LINE_MAX)),
    ),
    headline=("role", "company"),
)

_WORD = Text(LINE_MAX, is_line=True)

DESIGN = ContentType(
    "designs",
    "Design",
    (
        _TITLE,
        Field("description", _DESCRIPTION, required=False),
        Field("r2_object_key", ImageKey()),
        Field("category", Text(LINE_MAX, minimum=1, is_line=True)),
        *(
            Field(name, _WORD, required=False)
            for name in (
                *("style", "colour", "fabric", "occasion", "season"),
                *("designer_name", "collection_name"),
            )
        ),
        Field("featured", Flag(), required=False, is_sparse=True),
        Field("archived", Flag(), required=False, is_sparse=True),
    ),
    headline=("title",),
    has_own_keys=False,
    visibility="gallery_visibility",
)
"""A design of the gallery, with the columns of GALLERY's schema. ``archived`` tells a design that is kept
out of sight from a draft."""

TYPES = {content_type.name: content_type for content_type in (DATA, PROJECT, EXPERIENCE, DESIGN)}


def tag_errors(names: Any) -> list[FieldError]:
    """What is wrong with a list of names of tags."""
    return _TAGS.read(names, "/tags")[1]


def tag_name_errors(name: Any) -> list[FieldError]:
    """What is wrong with the name of one tag."""
    return _required(name, "/name") or _TAGS.entry.read(name, "/name")[1]


def key_errors(key: Any) -> list[FieldError]:
    """What is wrong with an id that a client chose; it must fit one segment of a path."""
    if errors := _required(key, "/id") or Text(KEY_MAX, minimum=1, is_line=True).read(key, "/id")[1]:
        return errors
    if key != key.strip() or key in (".", "..") or "/" in key or "\\" in key:
        return [FieldError("/id", "Must fit one segment of a path.", "invalid_characters")]
    return []


def _required(value: Any, pointer: str) -> list[FieldError]:
    return [FieldError(pointer, "This field is required.", "required")] if value is None else []
