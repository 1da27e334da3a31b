"""Many editors at the same moment: one active theme, no lost update, no error that is nobody's fault."""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from config import Settings
from tests.api.documents import COLORS, create_theme, theme_document
from tests.installations import make_settings
from webapp.app import create_app

Headers = dict[str, str]
Call = Callable[[FlaskClient], Any]


def at_once(app: Flask, *calls: Call) -> list[Any]:
    """The answers to ``calls``, each made by a client and a thread of its own, all started together."""
    start = Barrier(len(calls))

    def make(call: Call) -> Any:
        client = app.test_client()
        start.wait(10)
        return call(client)

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(make, calls))


def statuses(answers: list[Any]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def get(url: str) -> Call:
    return lambda client: client.get(url)


def post(url: str, headers: Headers, **kwargs: Any) -> Call:
    return lambda client: client.post(url, headers=headers, **kwargs)


def put(url: str, headers: Headers, body: dict[str, Any]) -> Call:
    return lambda client: client.put(url, headers=headers, json=body)


def delete(url: str, headers: Headers) -> Call:
    return lambda client: client.delete(url, headers=headers)


def active_ids(client: FlaskClient) -> list[int]:
    return [theme["id"] for theme in client.get("/api/v1/themes").json if theme["is_active"]]


class TestActivation:
    def test_48_eight_at_once_leave_one_active(
        self, app: Flask, client: FlaskClient, editor_headers: Headers
    ) -> None:
        ids = [create_theme(client, editor_headers, f"Theme {number}")["id"] for number in range(8)]
        for _ in range(2):
            answers = at_once(app, *(post(f"/api/v1/themes/{i}/activate", editor_headers) for i in ids))
            assert statuses(answers) == {200: 8}
            (active,) = active_ids(client)
            assert client.get("/api/v1/themes/active").json["id"] == active

    @pytest.mark.one_database
    def test_48_from_several_processes(
        self, client: FlaskClient, settings: Settings, editor_headers: Headers
    ) -> None:
        ids = [create_theme(client, editor_headers, f"Theme {number}")["id"] for number in range(4)]
        place = (settings.database_url, settings.data_dir, editor_headers)
        with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
            answers = list(pool.map(activate_in_turn, [(*place, ids), (*place, ids[::-1])]))
        assert answers == [[200] * 8] * 2
        assert len(active_ids(client)) == 1

    def test_of_a_theme_that_is_being_changed(
        self, app: Flask, client: FlaskClient, editor_headers: Headers
    ) -> None:
        url = f"/api/v1/themes/{create_theme(client, editor_headers)['id']}"
        for number in range(3):
            answers = at_once(
                app,
                post(f"{url}/activate", editor_headers),
                put(url, editor_headers, {"colors": {"primary": f"#00000{number}"}}),
                post("/api/v1/themes/1/activate", editor_headers),
                put("/api/v1/themes/color-scheme", editor_headers, {"accent": f"#00000{number}"}),
            )
            assert statuses(answers) == {200: 4}
            assert len(active_ids(client)) == 1

    def test_of_a_theme_that_is_being_deleted(
        self, app: Flask, client: FlaskClient, editor_headers: Headers
    ) -> None:
        for number in range(4):
            theme_id = create_theme(client, editor_headers, f"Theme {number}")["id"]
            url = f"/api/v1/themes/{theme_id}"
            activated, deleted, changed = (
                answer.status_code
                for answer in at_once(
                    app,
                    post(f"{url}/activate", editor_headers),
                    delete(url, editor_headers),
                    put(url, editor_headers, {"name": f"Changed {number}"}),
                )
            )
            assert (activated, deleted) in {(200, 400), (404, 204)}
            assert changed in (200, 404)
            active = client.get("/api/v1/themes/active")
            assert active.json["id"] == (theme_id if activated == 200 else active_ids(client)[0])
            client.post("/api/v1/themes/1/activate", headers=editor_headers)


def activate_in_turn(task: tuple[str, Path, Headers, list[int]]) -> list[int]:
    """What another process does: activate each theme twice and answer the statuses."""
    database_url, data_dir, headers, ids = task
    client = create_app(make_settings(database_url, data_dir)).test_client()
    return [client.post(f"/api/v1/themes/{i}/activate", headers=headers).status_code for i in ids * 2]


class TestUpdate:
    def test_two_that_saw_the_same_state(
        self, app: Flask, client: FlaskClient, editor_headers: Headers
    ) -> None:
        for number in range(3):
            etag = client.get("/api/v1/themes/1").headers["ETag"]
            headers = {**editor_headers, "If-Match": etag}
            bodies = [{"colors": {name: f"#00000{number}"}} for name in ("primary", "accent")]
            answers = at_once(app, *(put("/api/v1/themes/1", headers, body) for body in bodies))
            assert statuses(answers) == {200: 1, 412: 1}

    def test_of_different_fields_loses_none(
        self, app: Flask, client: FlaskClient, editor_headers: Headers
    ) -> None:
        calls = [
            put("/api/v1/themes/1", editor_headers, {"colors": {name: f"#12345{number}"}})
            for number, name in enumerate(COLORS)
        ]
        assert statuses(at_once(app, *calls)) == {200: len(COLORS)}
        theme = client.get("/api/v1/themes/1").json
        assert theme["colors"] == {name: f"#12345{number}" for number, name in enumerate(COLORS)}
        assert theme["revision"] == 1 + len(COLORS)


class TestCreation:
    def test_of_equal_documents(self, app: Flask, client: FlaskClient, editor_headers: Headers) -> None:
        documents = [theme_document(f"Theme {number}") for number in range(8)]
        answers = at_once(app, *(post("/api/v1/themes", editor_headers, json=body) for body in documents))
        assert statuses(answers) == {201: 8}

    def test_of_names_with_the_same_slug(
        self, app: Flask, client: FlaskClient, editor_headers: Headers
    ) -> None:
        documents = [theme_document(name) for name in ("🎉", "🎊", "🎈", "🎁")]
        answers = at_once(app, *(post("/api/v1/themes", editor_headers, json=body) for body in documents))
        assert statuses(answers) == {201: 4}
        assert {answer.json["slug"] for answer in answers} == {"theme", "theme-2", "theme-3", "theme-4"}

    def test_of_one_name(self, app: Flask, client: FlaskClient, editor_headers: Headers) -> None:
        call = post("/api/v1/themes", editor_headers, json=theme_document())
        answers = at_once(app, *[call] * 4)
        assert statuses(answers) == {201: 1, 400: 3}
        assert len(client.get("/api/v1/themes").json) == 2
