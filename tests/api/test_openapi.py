"""The OpenAPI document: valid, complete, and true of what the API answers to data made from it.

``make fuzz`` runs the last part for longer: ``FUZZ_EXAMPLES`` is the number of examples for each operation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.documents import theme_document
from tests.api.operations import METHODS, resolve
from tests.conftest import Person

PROBLEM = "application/problem+json"


@pytest.fixture
def document(client: FlaskClient) -> dict[str, Any]:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json)


def each_operation(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield method, path, item[method]


@pytest.mark.one_database
class TestDocument:
    def test_validates(self, document: dict[str, Any]) -> None:
        from openapi_spec_validator import OpenAPIV31SpecValidator  # which takes its time to load

        assert document["openapi"] == "3.1.0"
        assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []

    def test_covers_every_route_and_method(self, app: Flask, document: dict[str, Any]) -> None:
        routed = {
            (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith("/api/") and rule.rule != "/api/v1/openapi.json"
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        assert {(method, path) for method, path, _ in each_operation(document)} == routed

    def test_every_refusal_is_a_problem(self, document: dict[str, Any]) -> None:
        for method, path, operation in each_operation(document):
            refusals = {s: r for s, r in operation["responses"].items() if s[0] not in "23"}
            assert "503" in refusals and "default" not in refusals, (method, path)
            for status, response in refusals.items():
                content = resolve(document, response)["content"]
                assert list(content) == [PROBLEM], (method, path, status)
                assert (
                    resolve(document, content[PROBLEM]["schema"])
                    == document["components"]["schemas"]["Problem"]
                )

    def test_says_who_may_call(self, document: dict[str, Any]) -> None:
        assert document["security"] == [{"bearer": []}]
        for method, path, operation in each_operation(document):
            is_public = operation.get("security") == []
            assert is_public or {"401", "403"} <= set(operation["responses"]), (method, path)
            assert not (is_public and path.startswith("/api/v1/admin"))

    def test_every_operation_and_path_parameter_is_described(self, document: dict[str, Any]) -> None:
        for method, path, operation in each_operation(document):
            assert operation["summary"].endswith("."), (method, path)
            assert operation["tags"]
            names = {p["name"] for p in document["paths"][path].get("parameters", []) if p["in"] == "path"}
            assert names == set(re.findall(r"{(\w+)}", path))

    def test_answers_list_their_members_and_no_others(self, document: dict[str, Any]) -> None:
        schemas = document["components"]["schemas"]
        for name, schema in schemas.items():
            assert schema["additionalProperties"] is False, name
        for name in ("User", "Theme", "Revision", "UserPage", "Tokens", "Contrast"):
            assert set(schemas[name]["required"]) == set(schemas[name]["properties"]), name
        assert set(schemas["ThemeWrite"]["required"]) == set(schemas["ThemeWrite"]["properties"])
        assert "required" not in schemas["ThemeUpdate"]
        assert not {"password_hash", "credentials_version", "rejection_reason"} & set(
            schemas["User"]["properties"]
        )

    def test_is_the_same_at_the_older_address(self, client: FlaskClient, document: dict[str, Any]) -> None:
        assert client.get("/openapi.json").json == document


@pytest.fixture
def world(client: FlaskClient, admin: Person, member: Person, samples: dict[str, str]) -> dict[str, Any]:
    """Ids of things that exist, which fuzzing with sound data works on."""
    answer = client.post("/api/v1/themes", json=theme_document("Fuzzed"), headers=admin.headers)
    return {
        "theme_id": answer.json["id"],
        "number": 1,
        "email": member.email,
        **samples,
    }


@pytest.mark.parametrize("mode", ["positive", "negative"])
def test_every_answer_is_as_documented(
    app: Flask, client: FlaskClient, admin: Person, world: dict[str, Any], mode: str
) -> None:
    from tests.api.fuzzing import GenerationMode, fuzz_all  # whose libraries take their time to load

    failures, statuses = fuzz_all(app, GenerationMode(mode), admin.headers, world)
    assert failures == []
    assert client.get("/api/v1/auth/me", headers=admin.headers).status_code == 200
    assert statuses >= ({200, 201, 422} if mode == "positive" else {422})
