"""Content as clients send it, and a client that speaks of it in few words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

PROJECT = {
    "id": "1",
    "title": "New Project",
    "description": "Project description",
    "image": "https://example.com/image.png",
    "technologies": ["MERN", "Python"],
    "link": "https://example.com",
    "github": "https://github.com/example",
    "appStore": "",
    "playStore": "",
    "achievements": ["Achievement 1", "Achievement 2"],
}
"""The project of PORTFOLIO's own collection."""

EXPERIENCE = {
    "id": "1",
    "role": "Developer",
    "company": "Example Corp",
    "period": "2021-2022",
    "description": "Worked on various projects.",
    "achievements": ["Achievement 1", "Achievement 2"],
    "projects": ["1"],
    "color": "#FF0000",
}
"""The experience of PORTFOLIO's own collection."""


def data_item(title: str = "Test Data", **fields: Any) -> dict[str, Any]:
    """A data item like those of THEMES' own tests."""
    return {"title": title, "description": "Test description", "content": {"key": "value"}, **fields}


SAMPLES = {"data": data_item(), "projects": PROJECT, "experiences": EXPERIENCE}
"""One entry of every type."""


def one_of_each(client: FlaskClient, headers: dict[str, str]) -> dict[str, str]:
    """Make an entry of every type, a tag, an item and something in the trash; values of path parameters."""
    desk = Desk(client, headers)
    first = desk.add("Sample", tags=["sample"])
    for name in ("projects", "experiences"):
        desk.post(f"/{name}", {**SAMPLES[name], "id": str(first["id"])})
    desk.post("/kinds", {"name": "sample", "label": "Sample", "schema": {"type": "object"}})
    desk.delete(f"/data/{desk.add('Thrown away')['id']}")
    return {
        "content_type": "data",
        "subject": "data",
        "key": str(first["id"]),
        "tag_id": str(first["tags"][0]["id"]),
        "trash_id": str(desk.get("/content/trash")["data"][0]["trash_id"]),
        "kind_name": "sample",
        "item_id": desk.post("/items", {"title": "Sample"}, 200)["id"],
    }


@dataclass(frozen=True)
class Desk:
    """A client of the API with somebody's token, or nobody's."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        return self._answer("GET", path, expect, query_string=query)

    def post(self, path: str, body: Any = None, expect: int = 201, **query: Any) -> Any:
        return self._answer("POST", path, expect, json=body, query_string=query)

    def put(self, path: str, body: Any, expect: int = 200, **query: Any) -> Any:
        return self._answer("PUT", path, expect, json=body, query_string=query)

    def delete(self, path: str, expect: int = 204) -> Any:
        return self._answer("DELETE", path, expect)

    def _answer(self, method: str, path: str, expect: int, **options: Any) -> Any:
        answer = self.client.open(f"/api/v1{path}", method=method, headers=self.headers, **options)
        assert answer.status_code == expect, (answer.status_code, answer.get_data(as_text=True))
        return answer.json if answer.data else None

    def add(self, title: str, **fields: Any) -> dict[str, Any]:
        """Create a data item and answer it."""
        return dict(self.post("/data", data_item(title, **fields)))

    def titles(self, path: str = "/data", **query: Any) -> list[str]:
        """The titles of a list of data items, in its order."""
        return [entry["title"] for entry in self.get(path, **query)["data"]]

    def pages(self, path: str, **query: Any) -> Iterator[list[str]]:
        """The titles of each page of a list, by cursor, to its end."""
        cursor: dict[str, str] = {}
        while True:
            answer = self.get(path, **query, **cursor)
            yield [entry["title"] for entry in answer["data"]]
            if answer["next_cursor"] is None:
                return
            cursor = {"cursor": answer["next_cursor"]}
