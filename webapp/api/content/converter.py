"""Content types in paths."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

from webapp.domain.content.content_types import TYPES, ContentType


class ContentTypeConverter(BaseConverter):
    """The name of a content type: ``<content_type:content_type>``; no other word fits."""

    regex = f"(?:{'|'.join(TYPES)})"

    def to_python(self, value: str) -> ContentType:
        return TYPES[value]

    def to_url(self, value: ContentType | str) -> str:
        return value if isinstance(value, str) else value.name
