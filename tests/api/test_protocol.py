"""What every route owes to every client: strict bodies, one shape of error, methods, slashes, paging.

What could reach a database runs on both and states the exact answer: both give the same verdict (19, 20).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import cycle, islice, product
from typing import Any, TypeVar

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import MakeApp
from tests.api.documents import pointers, theme_document
from tests.api.operations import Operation, document, operations, send, string_fields
from tests.conftest import Person

JSON = "application/json"
Case = TypeVar("Case")
MALFORMED = {
    "cut short": b'{"name": "x"',
    "no value": b'{"name": }',
    "single quotes": b"{'name': 'x'}",
    "trailing comma": b'{"name": "x",}',
    "two documents": b"{}{}",
    "comment": b'{"name": "x"} // no',
    "only white space": b"  ",
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "lone surrogate": b'{"name": "\\ud800"}',
    "lone surrogate in a key": b'{"\\udfff": 1}',
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "the same key twice": b'{"name": "x", "name": "y"}',
    "the same key twice, spelled differently": b'{"name": "x", "\\u006eame": "y"}',
    "the same key twice, deep down": b'{"name": [{"a": 1, "a": 1}]}',
    "5,000 digits": b'{"name": ' + b"9" * 5000 + b"}",
    "2^64": b'{"name": 18446744073709551616}',
    "-2^64": b'{"name": [-18446744073709551616]}',
    "100,000 open arrays": b"[" * 100_000,
    "100,000 arrays": b"[" * 100_000 + b"]" * 100_000,
    "10,000 objects": b'{"name":' * 10_000 + b"1" + b"}" * 10_000,
    "100 arrays": b'{"name":' + b"[" * 100 + b"]" * 100 + b"}",
}
WRONG_PAGING = [
    (name, value)
    for name, values in {
        "limit": ("0", "-1", "101", "9" * 30, "１０", "1.0", "", "1e2", "+5", "%205", "x", "%00"),
        "per_page": ("0", "101", "٣"),
        "skip": ("-1", "2147483648", "9" * 30, "x"),
        "page": ("0", "-1", "2147483648"),
        "cursor": ("x", "", "WzFd.abc", "%00", "é", "x" * 5000),
    }.items()
    for value in values
]
WRONG_DOCUMENTS = (b"[]", b'[{"name": "x"}]', b'"text"', b"7", b"true", b"null", b"1.5e300")


@pytest.fixture
def routes(app: Flask, samples: dict[str, str]) -> list[Operation]:
    """All operations, on things that exist."""
    return operations(app, samples)


@pytest.fixture
def body_routes(app: Flask) -> list[Operation]:
    """The operations that take a JSON body; it is looked at before the things, which do not exist."""
    return with_body(operations(app, {}))


def with_body(routes: list[Operation]) -> list[Operation]:
    found = [operation for operation in routes if operation.body_schema is not None]
    assert len(found) >= 20
    return found


def assert_problem(answer: Any, status: int, what: object) -> None:
    """The answer is the one shape of error (RFC 9457), with ``status``."""
    assert answer.status_code == status, (str(what), answer.status_code, answer.get_data()[:300])
    assert answer.content_type == "application/problem+json", what
    assert {"type", "title", "status", "detail", "code"} <= set(answer.json), what
    assert answer.json["status"] == status
    assert isinstance(answer.json["detail"], str)
    assert answer.headers["Cache-Control"] == "no-store"


def in_turn(
    operations: Iterable[Operation], cases: Iterable[Case], each: int = 2
) -> Iterator[tuple[Operation, Case]]:
    """Every operation with the next ``each`` of the cases, which all operations treat alike."""
    rest = cycle(cases)
    return ((operation, next(rest)) for operation in operations for _ in range(each))


def slices(paths: Iterable[tuple[str, ...]]) -> Iterator[set[tuple[str, ...]]]:
    """Ten fields at a time, so that long values in all of them still fit a body."""
    rest = iter(paths)
    while taken := set(islice(rest, 10)):
        yield taken


def pointers_of(fields: set[tuple[str, ...]]) -> set[str]:
    return {"/" + "/".join(path) for path in fields}


class TestBodies:
    @pytest.mark.one_database
    def test_19_malformed_json_is_400(
        self, client: FlaskClient, admin: Person, body_routes: list[Operation]
    ) -> None:
        for operation, what in in_turn(body_routes, MALFORMED):
            answer = send(client, operation, admin.headers, data=MALFORMED[what], content_type=JSON)
            assert_problem(answer, 400, (str(operation), what))
            assert answer.json["code"] == "malformed_json"

    @pytest.mark.one_database
    def test_19_a_document_that_is_no_object_is_422(
        self, client: FlaskClient, admin: Person, body_routes: list[Operation]
    ) -> None:
        for operation, body in in_turn(body_routes, WRONG_DOCUMENTS):
            answer = send(client, operation, admin.headers, data=body, content_type=JSON)
            assert_problem(answer, 422, (str(operation), body))
            assert pointers(answer) == {("", "invalid_type")}

    @pytest.mark.one_database
    def test_unknown_fields_are_each_named(
        self, client: FlaskClient, admin: Person, body_routes: list[Operation]
    ) -> None:
        body = {"zz_one": 1, "zz two": {"a": "b"}, "zz/~three": None}
        unknown = {(f"/{name}", "unknown_field") for name in ("zz_one", "zz two", "zz~1~0three")}
        for operation in body_routes:
            answer = send(client, operation, admin.headers, json=body)
            assert_problem(answer, 422, operation)
            assert unknown <= pointers(answer), operation

    def test_19_20_what_cannot_be_stored_is_422_in_every_field(
        self, client: FlaskClient, admin: Person, routes: list[Operation]
    ) -> None:
        """The short run tries one value of each kind, ``EVERY_LOOK`` all."""
        tried = 0
        kinds = (["a\x00b", "\x00"], ["x" * 20_000], [["x"], -(2**63)])
        values = [value for kind in kinds for value in (kind if "EVERY_LOOK" in os.environ else kind[:1])]
        for operation, value in product(with_body(routes), values):
            for fields in slices(string_fields(operation)):
                if operation.path.endswith("/preview"):
                    fields.discard(("name",))  # passed over there
                if isinstance(value, str) and len(value) > 10_000:
                    fields.discard(("template_code",))  # may be long
                answer = send(client, operation, admin.headers, json=document(fields, value))
                assert_problem(answer, 422, operation)
                assert pointers_of(fields) <= {pointer for pointer, _ in pointers(answer)}, operation
                tried += len(fields)
        assert tried > 75 * len(values)

    @pytest.mark.one_database
    def test_44_another_content_type_is_415(
        self, client: FlaskClient, admin: Person, body_routes: list[Operation]
    ) -> None:
        kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None)
        for operation, kind in in_turn(body_routes, kinds, each=1):
            if str(kind).partition(";")[0] in operation.contents:  # it takes files too
                continue
            answer = send(client, operation, admin.headers, data=b'{"name": "x"}', content_type=kind)
            assert_problem(answer, 415, (str(operation), kind))

    @pytest.mark.one_database
    def test_json_by_other_names(self, client: FlaskClient, admin: Person) -> None:
        for kind in ("application/json; charset=utf-8", "Application/JSON", "application/merge-patch+json"):
            answer = client.put(
                "/api/v1/auth/me", data=b'{"full_name": "X"}', content_type=kind, headers=admin.headers
            )
            assert answer.status_code == 200, kind

    @pytest.mark.one_database
    def test_44_more_than_fits_is_413(
        self, client: FlaskClient, admin: Person, body_routes: list[Operation]
    ) -> None:
        body = b'{"name": "' + b"x" * 1024 * 1024 + b'"}'
        for operation in body_routes:
            answer = send(client, operation, admin.headers, data=body, content_type=JSON)
            assert_problem(answer, 413, operation)

    @pytest.mark.one_database
    def test_a_theme_has_256_kib(self, client: FlaskClient, editor_headers: dict[str, str]) -> None:
        for size, status in ((256 * 1024, 422), (256 * 1024 + 1, 413)):
            start = b'{"name": "'
            body = start + b"x" * (size - len(start) - 2) + b'"}'
            answer = client.post("/api/v1/themes", data=body, content_type=JSON, headers=editor_headers)
            assert_problem(answer, status, size)

    @pytest.mark.one_database
    def test_a_visitor_is_turned_away_before_the_body_is_read(
        self, client: FlaskClient, body_routes: list[Operation]
    ) -> None:
        for operation in body_routes:
            if operation.definition.get("security") != []:
                answer = send(client, operation, {}, data=MALFORMED["NaN"], content_type=JSON)
                assert_problem(answer, 401, operation)
                assert answer.headers["WWW-Authenticate"] == "Bearer"


class TestMethodsAndPaths:
    @pytest.mark.one_database
    def test_slashes_both_ways_without_a_redirect(
        self, client: FlaskClient, admin: Person, body_routes: list[Operation]
    ) -> None:
        """Of what writes; what reads is looked at below."""
        for operation in body_routes:
            slashed = replace(operation, url=f"{operation.url}/")
            answer = send(client, slashed, admin.headers, data=b"[]", content_type=JSON)
            assert answer.status_code == 422, operation

    @pytest.mark.one_database
    def test_44_405_names_the_methods(self, client: FlaskClient, admin: Person, app: Flask) -> None:
        """The first answer names all that are not refused: one of the others for each address is enough."""
        routes = operations(app, {})
        for number, url in enumerate(sorted({operation.url for operation in routes})):
            allowed = {operation.method for operation in routes if operation.answers(url)}
            others = sorted({"GET", "POST", "PUT", "PATCH", "DELETE", "PURGE"} - allowed)
            method = others[number % len(others)]
            answer = client.open(url, method=method, headers=admin.headers)
            assert_problem(answer, 405, (method, url))
            expected = allowed | {"OPTIONS"} | ({"HEAD"} if "GET" in allowed else set())
            assert {name.strip() for name in answer.headers["Allow"].split(",")} == expected, url

    @pytest.mark.one_database
    def test_45_what_reads(self, client: FlaskClient, admin: Person, routes: list[Operation]) -> None:
        """With and without a slash, HEAD as GET without its body, no cookie, and nothing stored that a token
        opens."""
        for operation in routes:
            if operation.method != "GET":
                continue
            got = send(client, operation, admin.headers)
            assert got.headers["Cache-Control"] == "no-store", operation
            assert got.headers["X-Content-Type-Options"] == "nosniff"
            assert "Set-Cookie" not in got.headers
            assert "Cookie" not in got.headers.get("Vary", "")
            names = ["ETag", "Content-Type", "Cache-Control", "X-Total-Count"]
            if got.content_type != "application/zip":  # an archive made anew packs other times
                names.append("Content-Length")
            head = client.head(operation.url, headers=admin.headers)
            assert (head.status_code, head.data) == (got.status_code, b""), operation
            for name in names:
                assert head.headers.get(name) == got.headers.get(name), (str(operation), name)
            if not operation.needs_a_query and not operation.leads_elsewhere:
                slashed = client.head(f"{operation.url}/", headers=admin.headers)
                assert (slashed.status_code, got.status_code) == (200, 200), operation
                assert "Location" not in slashed.headers

    @pytest.mark.one_database
    def test_unknown_paths(self, client: FlaskClient, admin: Person) -> None:
        for path in (
            "/api/v1/nothing",
            "/api/nothing",
            "/api/v1/",
            "/api/v1/themes/1/nothing",
            "/api/v1/%00",
            "/api/v1",
        ):
            assert_problem(client.get(path, headers=admin.headers), 404, path)

    def test_19_ids_that_are_none(self, client: FlaskClient, admin: Person) -> None:
        for sample in ("-1", "1.5", "abc", "１", "%00", "2147483648", "9" * 30, "1e3", "0x1", "%ED%A0%80"):
            for url in (
                f"/api/v1/themes/{sample}",
                f"/api/v1/themes/1/revisions/{sample}",
                f"/api/v1/admin/users/{sample}",
            ):
                answer = client.get(url, headers=admin.headers)
                assert_problem(answer, 422, url)
                assert {code for _, code in pointers(answer)} == {"invalid_type"}
        for url in ("/api/v1/themes/0", "/api/v1/themes/2147483647", "/api/v1/themes/1/revisions/2147483647"):
            assert_problem(client.get(url, headers=admin.headers), 404, url)


@pytest.mark.one_database
class TestCrossOrigin:
    ORIGIN = "https://shop.example"

    @pytest.fixture
    def visitor(self, another_app: MakeApp) -> FlaskClient:
        """A client of an installation that admits one other origin."""
        return another_app(cors_origins=(self.ORIGIN,)).test_client()

    def preflight(self, client: FlaskClient, url: str, method: str, origin: str) -> Any:
        return client.options(
            url,
            headers={
                "Origin": origin,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization, content-type, if-match",
            },
        )

    def test_preflight(self, visitor: FlaskClient, admin: Person) -> None:
        for url, method in (
            ("/api/v1/themes/1", "PUT"),
            ("/api/design/", "POST"),
            ("/api/v1/admin/users", "GET"),
            (f"/api/v1/admin/users/{admin.id}", "DELETE"),
        ):
            answer = self.preflight(visitor, url, method, self.ORIGIN)
            assert answer.status_code in (200, 204)
            assert answer.headers["Access-Control-Allow-Origin"] == self.ORIGIN
            assert method in answer.headers["Access-Control-Allow-Methods"]
            allowed = answer.headers["Access-Control-Allow-Headers"].lower()
            assert {name.strip() for name in allowed.split(",")} >= {
                "authorization",
                "content-type",
                "if-match",
            }
            assert "Access-Control-Allow-Credentials" not in answer.headers

    def test_another_origin_is_not_admitted(self, visitor: FlaskClient) -> None:
        for origin in ("https://evil.example", "https://shop.example.evil.example", "null"):
            answer = self.preflight(visitor, "/api/v1/themes/1", "PUT", origin)
            assert "Access-Control-Allow-Origin" not in answer.headers
            answer = visitor.get("/api/v1/themes", headers={"Origin": origin})
            assert "Access-Control-Allow-Origin" not in answer.headers

    def test_answers_and_errors_can_be_read(self, visitor: FlaskClient) -> None:
        for url, status in (("/api/v1/themes", 200), ("/api/v1/themes/999", 404), ("/api/v1/auth/me", 401)):
            answer = visitor.get(url, headers={"Origin": self.ORIGIN})
            assert answer.status_code == status
            assert answer.headers["Access-Control-Allow-Origin"] == self.ORIGIN
            exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
            assert {"ETag", "X-Total-Count", "X-Request-Id", "Location"} <= exposed

    def test_without_the_setting_no_other_origin_reads(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/themes", headers={"Origin": self.ORIGIN})
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert client.options("/api/v1/themes").headers["Allow"]


class TestPaging:
    @pytest.mark.one_database
    def test_21_wrong_values_have_pointers(self, client: FlaskClient, admin: Person, app: Flask) -> None:
        lists = [o for o in operations(app, {}) if "limit" in o.query and not o.needs_a_query]
        assert len(lists) >= 4
        for operation, (name, value) in in_turn(lists, WRONG_PAGING, each=8):
            url = f"{operation.url}?{name}={value}"
            answer = client.get(url, headers=admin.headers)
            assert_problem(answer, 422, url)
            assert {pointer for pointer, _ in pointers(answer)} == {f"/query/{name}"}, url

    def test_21_the_edges_are_taken(
        self, client: FlaskClient, admin: Person, routes: list[Operation]
    ) -> None:
        for operation in routes:
            if "limit" in operation.query and not operation.needs_a_query:
                for query in (
                    "limit=1&unknown=1",
                    "limit=100&skip=2147483647",
                    "page=2147483647&per_page=100",
                ):
                    answer = client.get(f"{operation.url}?{query}", headers=admin.headers)
                    assert answer.status_code == 200, (str(operation), query)

    def test_21_a_tampered_cursor(self, client: FlaskClient, editor_headers: dict[str, str]) -> None:
        url = "/api/v1/themes/1/revisions"
        for color in ("#010101", "#020202"):
            client.put("/api/v1/themes/1", json={"colors": {"primary": color}}, headers=editor_headers)
        cursor = client.get(f"{url}?limit=1", headers=editor_headers).json["next_cursor"]
        assert client.get(f"{url}?limit=1&cursor={cursor}", headers=editor_headers).status_code == 200
        for wrong in (cursor[:-1], cursor[1:], f"{cursor}x", cursor.swapcase(), cursor.split(".")[0]):
            answer = client.get(f"{url}?limit=1&cursor={wrong}", headers=editor_headers)
            assert pointers(answer) == {("/query/cursor", "invalid_cursor")}

    @pytest.mark.one_database
    def test_all_wrong_values_are_named_at_once(self, client: FlaskClient) -> None:
        answer = client.get("/api/v1/themes?limit=0&skip=-1&page=x&per_page=1000")
        assert {pointer for pointer, _ in pointers(answer)} == {
            "/query/limit",
            "/query/skip",
            "/query/page",
            "/query/per_page",
        }


def test_nothing_of_this_changed_anything(
    client: FlaskClient, admin: Person, routes: list[Operation]
) -> None:
    themes, users = "/api/v1/themes", "/api/v1/admin/users"

    def state() -> list[Any]:
        answers = [
            client.get(url, headers=admin.headers).json for url in (themes, users, "/api/v1/admin/settings")
        ]
        return [*answers, client.get("/themes/active.css").data]

    before = state()
    body = {**theme_document("New"), "status": "rejected", "site_name": "N", "zz": 1}
    for operation in with_body(routes):
        assert send(client, operation, admin.headers, json=body).status_code == 422
    assert state() == before
