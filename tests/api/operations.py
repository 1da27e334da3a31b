"""Every operation of the API, read from its own OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One method of one path; ``url`` has sample ids of things that exist."""

    method: str
    path: str
    url: str
    document: dict[str, Any]
    """The whole OpenAPI document."""

    @property
    def definition(self) -> dict[str, Any]:
        return dict(self.document["paths"][self.path][self.method.lower()])

    @property
    def contents(self) -> dict[str, Any]:
        """What it takes as a body, by content type."""
        return dict(self.definition.get("requestBody", {}).get("content", {}))

    @property
    def body_schema(self) -> dict[str, Any] | None:
        """The schema of the JSON body with its references resolved; None where none is taken."""
        taken = self.contents.get("application/json")
        return resolve(self.document, taken["schema"]) if taken else None

    @property
    def query(self) -> list[str]:
        """The names of the query parameters."""
        return [p["name"] for p in self.definition.get("parameters", []) if p.get("in") == "query"]

    @property
    def needs_a_query(self) -> bool:
        """Whether it refuses to answer without some query parameter."""
        return any(
            p.get("required") and p.get("in") == "query" for p in self.definition.get("parameters", [])
        )

    @property
    def leads_elsewhere(self) -> bool:
        """Whether it sends browsers to another address."""
        return "303" in self.definition["responses"]

    def answers(self, url: str) -> bool:
        """Whether ``url`` fits the path, whatever the method."""
        pattern = re.sub(r"{\w+}", "[^/]+", self.path.replace("{object_key}", ".+"))
        return re.fullmatch(pattern, url) is not None

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def resolve(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """``schema`` itself where it is a reference into ``document``."""
    while "$ref" in schema:
        node: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            node = node[step]
        schema = node
    return schema


def operations(app: Flask, samples: dict[str, str]) -> list[Operation]:
    """All operations, with the ``samples`` in their paths; all other ids are of nothing.

    A sample may be of one path only, as ``"/path/{name} name"``.
    """
    document = app.test_client().get("/api/v1/openapi.json").json
    found = []
    for path, item in document["paths"].items():
        nothing = {p["name"]: sample_of(p) for p in item.get("parameters", []) if p["in"] == "path"}
        values = (
            nothing
            | samples
            | {name: samples[key] for name in nothing if (key := f"{path} {name}") in samples}
        )
        url = re.sub(r"{(\w+)}", lambda match: values[match[1]], path)  # noqa: B023
        found += [Operation(method.upper(), path, url, document) for method in METHODS if method in item]
    return found


def sample_of(parameter: dict[str, Any]) -> str:
    """What a path parameter may be."""
    schema = parameter["schema"]
    return str(UUID(int=7)) if schema.get("format") == "uuid" else str(schema.get("enum", ["1"])[0])


def string_fields(operation: Operation) -> Iterator[tuple[str, ...]]:
    """The path of each string in the body of ``operation``, through nested objects."""
    yield from _strings(operation.document, operation.body_schema or {}, ())


def _strings(
    document: dict[str, Any], schema: dict[str, Any], path: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    schema = resolve(document, schema)
    if "string" in (schema.get("type") or ()):
        yield path
    for name, member in schema.get("properties", {}).items():
        yield from _strings(document, member, (*path, name))


def document(paths: Iterable[tuple[str, ...]], value: object) -> dict[str, Any]:
    """``{"a": {"b": value}, "c": value}`` for the paths ``("a", "b")`` and ``("c",)``."""
    made: dict[str, Any] = {}
    for *groups, name in paths:
        node = made
        for group in groups:
            node = node.setdefault(group, {})
        node[name] = value
    return made


def send(client: FlaskClient, operation: Operation, headers: dict[str, str], **kwargs: Any) -> Any:
    return client.open(operation.url, method=operation.method, headers=headers, **kwargs)
