"""Content types, and what else moves by files, in paths."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

from webapp.domain.content.content_types import TYPES, ContentType
from webapp.domain.content.subjects import SUBJECTS, Subject


class ContentTypeConverter(BaseConverter):
    """The name of a content type: ``<content_type:content_type>``; no other word fits."""

    regex = f"(?:{'|'.join(TYPES)})"

    def to_python(self, value: str) -> ContentType:
        return TYPES[value]

    def to_url(self, value: ContentType | str) -> str:
        return value if isinstance(value, str) else value.name


class SubjectConverter(BaseConverter):
    """The name of a content type, or ``items``: ``<subject:subject>``; no other word fits."""

    regex = f"(?:{'|'.join(SUBJECTS)})"

    def to_python(self, value: str) -> Subject:
        return SUBJECTS[value]

    def to_url(self, value: Subject | ContentType | str) -> str:
        return value if isinstance(value, str) else value.name
