"""How lists and entries of content may be asked for, and how a write is saved."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import request
from marshmallow import fields

from webapp.api.content.answers import STATUSES
from webapp.api.fields import (
    Choice,
    Coded,
    QueryFlag,
    QueryInteger,
    QueryMoment,
    Schema,
    Text,
)
from webapp.api.paging import PagingQuery, PagingQuery100
from webapp.domain.content import content_types as types
from webapp.domain.content.exchange import FORMATS
from webapp.domain.content.items import SORTS as ITEM_SORTS
from webapp.domain.content.models import MESSAGE_MAX
from webapp.domain.content.queries import SORTS
from webapp.kernel.db import INT_MAX

QUERY_MAX = 200


class NamesField(fields.String):
    """Some of the members of an answer, divided by commas."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        super().__init__(metadata={"description": f"Only these members: {', '.join(names)}."})

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        wanted = frozenset(value.split(","))
        if not wanted <= set(self.names):
            raise ma.ValidationError(Coded(f"Must be some of: {', '.join(self.names)}.", "invalid_choice"))
        return wanted


class _Query(Schema):
    class Meta:
        unknown = ma.EXCLUDE


class MessageQuery(_Query):
    """What a write is called in the history."""

    message = Text(MESSAGE_MAX, metadata={"description": "What was changed, for the history."})


class SaveQuery(MessageQuery):
    """How a write is saved."""

    draft = QueryFlag(metadata={"description": "Save without publishing."})


def entry_query(answer: Schema) -> Schema:
    """The query parameters of one entry, of which ``answer`` has the members."""
    members = {"draft": _draft(), "fields": NamesField(tuple(answer.fields))}
    return _Query.from_dict(members, name=f"{type(answer).__name__}Query")()  # type: ignore[return-value,arg-type]


def search_query(answer: Schema) -> Schema:
    """The query parameters of a search."""
    q = Text(QUERY_MAX, minimum=1, required=True)
    members = {"draft": _draft(), "fields": NamesField(tuple(answer.fields)), "q": q}
    return PagingQuery100.from_dict(members, name=f"{type(answer).__name__}SearchQuery")()  # type: ignore[return-value,arg-type]


class _EntriesQuery(PagingQuery100):
    tag = Text(types.TAG_MAX)
    q = Text(QUERY_MAX, metadata={"description": "A piece of the title or the description."})
    status = Choice(STATUSES, metadata={"description": "Goes with `draft=true`."})
    created_after = QueryMoment()
    created_before = QueryMoment()
    updated_after = QueryMoment()
    updated_before = QueryMoment()
    sort = Choice(tuple(SORTS))


def entries_query(answer: Schema) -> Schema:
    """The filters of a list of entries."""
    members = {"draft": _draft(), "fields": NamesField(tuple(answer.fields))}
    if "kind" in answer.fields:
        description = "Items of this kind. Members that it declares are filters too: `content.price=9.5`."
        members["kind"] = Text(types.KIND_MAX, minimum=1, metadata={"description": description})
    return _EntriesQuery.from_dict(members, name=f"{type(answer).__name__}ListQuery")()  # type: ignore[return-value,arg-type]


def items_query(answer: Schema) -> Schema:
    """The filters of a list of items."""
    members = {
        "q": Text(QUERY_MAX, metadata={"description": "A piece of the title."}),
        "owner_id": _owner(),
        "sort": Choice(tuple(ITEM_SORTS)),
        "fields": NamesField(tuple(answer.fields)),
    }
    return PagingQuery100.from_dict(members, name="ItemsQuery")()  # type: ignore[return-value,arg-type]


def export_query() -> Schema:
    """The format of a file, and which entries go into it; items have no more than `q` and `owner_id`."""
    filters = (
        "tag",
        "q",
        "status",
        "created_after",
        "created_before",
        "updated_after",
        "updated_before",
        "sort",
    )
    form = Choice(tuple(FORMATS), load_default="csv")
    return _Query.from_dict(
        {
            "format": form,
            **{name: _EntriesQuery._declared_fields[name] for name in filters},
            "owner_id": _owner(),
        },
        name="ExportQuery",
    )()  # type: ignore[return-value]


def sent_members() -> dict[str, str]:
    """The filters on members of ``content``, by dotted path."""
    return {name: text for name, text in request.args.items() if name.startswith("content.")}


def _draft() -> QueryFlag:
    return QueryFlag(metadata={"description": "The latest state instead of the published one, for editors."})


def _owner() -> fields.UUID:
    return fields.UUID(metadata={"description": "Items of this person, for admins."})


class TagsQuery(PagingQuery):
    """Filters of the list of tags."""

    q = Text(types.TAG_MAX)
    draft = QueryFlag(metadata={"description": "Count latest states instead of published ones, for editors."})


class TagQuery(_Query):
    """How a tag's entries are counted."""

    draft = QueryFlag()


class AgainstQuery(_Query):
    """Which revision to compare with; the one before when it is left out."""

    against = QueryInteger(1, INT_MAX)


class TrashQuery(PagingQuery):
    """What of the trash to list."""

    type = Choice(tuple(types.TYPES))
