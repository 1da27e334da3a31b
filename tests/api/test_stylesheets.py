"""The stylesheets that pages link: codings, tags, hashed addresses, and the shelf in front of them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import psycopg
import pytest
import zstandard
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from config import Settings
from tests.api.conftest import MakeApp
from tests.api.documents import create_theme
from tests.conftest import Person
from tests.patience import wait_until
from webapp.domain.themes.commands import update_theme
from webapp.extensions import db
from webapp.kernel.work import Work
from webapp.site.negotiation import choose_coding

Headers = dict[str, str]
ACTIVE = "/themes/active.css"
FOLLOWS = "public, max-age=30, stale-while-revalidate=600, stale-if-error=86400"
IMMUTABLE = "public, max-age=31536000, immutable"
DECODERS = {
    "br": brotli.decompress,
    "zstd": lambda body: zstandard.ZstdDecompressor().decompress(body),
    "gzip": gzip.decompress,
}


def css(client: FlaskClient, url: str = ACTIVE) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def set_primary(client: FlaskClient, headers: Headers, color: str) -> None:
    answer = client.put("/api/v1/themes/color-scheme", json={"primary": color}, headers=headers)
    assert answer.status_code == 200


class TestAnswer:
    @pytest.mark.parametrize("path", [ACTIVE, "/themes/rangoli.css"])
    def test_headers(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200
        expected = {
            "Content-Type": "text/css; charset=utf-8",
            "Cache-Control": FOLLOWS,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
            "Content-Length": str(len(answer.data)),
        }
        assert {name: answer.headers.get(name) for name in expected} == expected
        assert "Set-Cookie" not in answer.headers
        assert not answer.headers["ETag"].startswith("W/")

    def test_variables_of_themes(self, client: FlaskClient) -> None:
        text = css(client).lower()
        for declaration in (
            "--color-primary:#8b5cf6",
            "--dark-background:#1a1f2c",
            '--typography-font-family:"inter",sans-serif',
            "--typography-base-size:16px",
            "--typography-scale-ratio:1.25",
            "--spacing-base-unit:4px",
            "--spacing-scale-ratio:2",
            "--radius-small:4px",
            "--radius-round:50%",
        ):
            assert declaration in text, declaration
        assert "@media (prefers-color-scheme:dark)" in text.replace(": ", ":")

    @pytest.mark.parametrize("coding", DECODERS)
    def test_codings_hold_the_same_text_under_tags_of_their_own(
        self, client: FlaskClient, coding: str
    ) -> None:
        plain = client.get(ACTIVE)
        packed = client.get(ACTIVE, headers={"Accept-Encoding": coding})
        assert packed.headers["Content-Encoding"] == coding
        assert packed.headers["Vary"] == "Accept-Encoding"
        assert DECODERS[coding](packed.data) == plain.data
        assert len(packed.data) < len(plain.data) / 2
        assert "Content-Encoding" not in plain.headers
        assert packed.headers["ETag"] != plain.headers["ETag"]
        for tag, status in ((packed.headers["ETag"], 304), (plain.headers["ETag"], 200)):
            again = client.get(ACTIVE, headers={"Accept-Encoding": coding, "If-None-Match": tag})
            assert again.status_code == status

    def test_not_modified(self, client: FlaskClient) -> None:
        etag = client.get(ACTIVE).headers["ETag"]
        for sent in (etag, f"W/{etag}", f'"x", {etag}', "*"):
            answer = client.get(ACTIVE, headers={"If-None-Match": sent})
            assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", etag)
            assert answer.headers["Cache-Control"] == FOLLOWS
            assert answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["Access-Control-Allow-Origin"] == "*"
            assert "Content-Encoding" not in answer.headers
        assert client.get(ACTIVE, headers={"If-None-Match": '"x"'}).status_code == 200

    def test_head(self, client: FlaskClient) -> None:
        for headers in ({}, {"Accept-Encoding": "br"}):
            got, head = client.get(ACTIVE, headers=headers), client.head(ACTIVE, headers=headers)
            assert (head.status_code, head.data) == (200, b"")
            for name in ("Content-Length", "Content-Type", "ETag", "Content-Encoding"):
                assert head.headers.get(name) == got.headers.get(name)

    def test_other_methods(self, client: FlaskClient) -> None:
        answer = client.post(ACTIVE)
        assert answer.status_code == 405
        assert {"GET", "HEAD"} <= {method.strip() for method in answer.headers["Allow"].split(",")}

    def test_what_is_not_there_is_never_cached(self, client: FlaskClient) -> None:
        for path in (
            "/themes/unknown.css",
            "/themes/active.00000000.css",
            "/themes/rangoli.ffffffffffffffff.css",
            "/themes/UPPER.css",
            "/themes/a.b.c.css",
            "/themes/.css",
            "/themes/" + "x" * 300 + ".css",
        ):
            answer = client.get(path)
            assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store"), path
            assert "ETag" not in answer.headers

    def test_nor_is_what_cannot_be(self, client: FlaskClient) -> None:
        answer = client.get("/themes/%00.css")
        assert (answer.status_code, answer.headers["Cache-Control"]) == (422, "no-store")

    def test_a_cookie_or_a_token_changes_nothing(
        self, client: FlaskClient, as_admin: FlaskClient, admin_headers: Headers
    ) -> None:
        for answer in (as_admin.get(ACTIVE), client.get(ACTIVE, headers=admin_headers)):
            assert answer.headers["Cache-Control"] == FOLLOWS
            assert answer.headers["Vary"] == "Accept-Encoding"


class TestHashedAddress:
    def link(self, client: FlaskClient) -> dict[str, str]:
        return dict(client.get("/themes/active.json").json)

    def test_active_json_tells_address_and_integrity(self, client: FlaskClient) -> None:
        answer = client.get("/themes/active.json")
        link = answer.json
        assert (link["name"], link["slug"], link["revision"]) == ("Rangoli", "rangoli", 1)
        sheet = client.get(link["href"])
        assert sheet.headers["Cache-Control"] == IMMUTABLE
        assert sheet.data == client.get(ACTIVE).data
        digest = base64.b64encode(hashlib.sha384(sheet.data).digest()).decode()
        assert link["integrity"] == f"sha384-{digest}"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        again = client.get("/themes/active.json", headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304

    def test_holds_after_a_change(self, client: FlaskClient, editor_headers: Headers) -> None:
        before = self.link(client)
        old = css(client)
        set_primary(client, editor_headers, "#010203")
        after = self.link(client)
        assert after["href"] != before["href"]
        assert css(client, before["href"]) == old != css(client) == css(client, after["href"])

    def test_holds_after_the_theme_is_deleted(self, client: FlaskClient, editor_headers: Headers) -> None:
        theme = create_theme(client, editor_headers)
        client.post(f"/api/v1/themes/{theme['id']}/activate", headers=editor_headers)
        href, text = self.link(client)["href"], css(client)
        client.post("/api/v1/themes/1/activate", headers=editor_headers)
        assert client.delete(f"/api/v1/themes/{theme['id']}", headers=editor_headers).status_code == 204
        assert css(client, href) == text
        assert client.get(f"/themes/{theme['slug']}.css").status_code == 404

    def test_equal_values_share_one_sheet(self, client: FlaskClient, editor_headers: Headers) -> None:
        first = create_theme(client, editor_headers, "One", primary="#ABCDEF")
        second = create_theme(client, editor_headers, "Two", primary="#abcdef")
        etags = {client.get(f"/themes/{theme['slug']}.css").headers["ETag"] for theme in (first, second)}
        assert len(etags) == 1


class TestPagesFollow:
    """What is changed shows at the very next request."""

    def test_after_a_change_an_activation_and_a_publication(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        theme = create_theme(client, editor_headers, primary="#111111")
        url = f"/api/v1/themes/{theme['id']}"
        slug_url = f"/themes/{theme['slug']}.css"
        assert "--color-primary:#111111" in css(client, slug_url)
        assert "--color-primary:#111111" not in css(client)
        client.post(f"{url}/activate", headers=editor_headers)
        assert "--color-primary:#111111" in css(client)
        set_primary(client, editor_headers, "#222222")
        assert "--color-primary:#222222" in css(client) == css(client, slug_url)
        client.post(f"{url}/publish", json={"revision": 1}, headers=editor_headers)
        assert "--color-primary:#111111" in css(client)
        client.post(f"{url}/revisions/2/restore", headers=editor_headers)
        assert "--color-primary:#222222" in css(client)

    def test_an_old_tag_is_answered_with_the_new_sheet(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        etag = client.get(ACTIVE).headers["ETag"]
        set_primary(client, editor_headers, "#333333")
        answer = client.get(ACTIVE, headers={"If-None-Match": etag})
        assert answer.status_code == 200
        assert b"#333333" in answer.data

    def test_a_refused_change_leaves_the_old_sheet(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        before = client.get(ACTIVE)
        answer = client.put(
            "/api/v1/themes/color-scheme", json={"primary": "red}body{"}, headers=editor_headers
        )
        assert answer.status_code == 422
        after = client.get(ACTIVE)
        assert (after.data, after.headers["ETag"]) == (before.data, before.headers["ETag"])


@pytest.fixture
def other(another_app: MakeApp) -> FlaskClient:
    """A client of another instance of the application on the same database."""
    return another_app().test_client()


class TestShelf:
    def test_a_kept_answer_asks_nothing_of_the_application(
        self, client: FlaskClient, count_queries: object
    ) -> None:
        client.get(ACTIVE)
        with count_queries() as statements:  # type: ignore[operator]
            assert client.get(ACTIVE).status_code == 200
            assert client.head(ACTIVE).status_code == 200
        assert statements == []

    def test_a_change_in_another_instance_shows_at_the_next_request(
        self, client: FlaskClient, other: FlaskClient, editor_headers: Headers
    ) -> None:
        for number in range(5):
            color = f"#00000{number}"
            css(client), css(other)
            writer, reader = (client, other) if number % 2 else (other, client)
            set_primary(writer, editor_headers, color)
            assert f"--color-primary:{color}" in css(reader)
            assert f"--color-primary:{color}" in css(writer)

    def test_an_activation_and_a_deletion_in_another_instance(
        self, client: FlaskClient, other: FlaskClient, editor_headers: Headers
    ) -> None:
        theme = create_theme(other, editor_headers, primary="#444444")
        slug_url = f"/themes/{theme['slug']}.css"
        assert "#444444" in css(client, slug_url)
        other.post(f"/api/v1/themes/{theme['id']}/activate", headers=editor_headers)
        assert css(client) == css(client, slug_url)
        other.post("/api/v1/themes/1/activate", headers=editor_headers)
        assert css(client) != css(client, slug_url)
        other.delete(f"/api/v1/themes/{theme['id']}", headers=editor_headers)
        assert client.get(slug_url).status_code == 404

    def test_without_the_database_kept_sheets_are_still_served(
        self, app: Flask, client: FlaskClient, settings: Settings
    ) -> None:
        text, packed = css(client), client.get(ACTIVE, headers={"Accept-Encoding": "br"}).data
        with app.app_context():
            db.engine.dispose()
        take_database_away(settings.database_url)
        assert css(client) == text
        assert client.get(ACTIVE, headers={"Accept-Encoding": "br"}).data == packed
        missing = client.get("/themes/rangoli.css", headers={"Accept": "application/json"})
        assert (missing.status_code, missing.json["code"]) == (503, "database_unavailable")
        problem = client.get("/api/v1/themes/active")
        assert (problem.status_code, problem.json["code"]) == (503, "database_unavailable")
        assert not re.search("sqlite|psycopg|postgres|SELECT", problem.get_data(as_text=True))

    def test_it_follows_again_when_the_database_is_back(
        self, app: Flask, client: FlaskClient, settings: Settings, editor_headers: Headers
    ) -> None:
        css(client)
        with app.app_context():
            db.engine.dispose()
        bring_back = take_database_away(settings.database_url)
        css(client)
        bring_back()
        set_primary(client, editor_headers, "#555555")
        # a server that failed is not asked again for two seconds
        wait_until(lambda: "--color-primary:#555555" in css(client), "it follows")

    @pytest.mark.one_database
    def test_it_does_not_grow_without_end(self, app: Flask, client: FlaskClient) -> None:
        for number in range(520):
            answer = client.get(ACTIVE, headers={"Accept-Encoding": f"x{number}"})
            assert answer.status_code == 200
        assert len(app.wsgi_app.application.themes.answers.entries) <= 512  # type: ignore[attr-defined]


def take_database_away(database_url: str) -> object:
    """Make the database unreachable, connections that are open included; answers how to bring it back."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        folder = Path(str(url.database)).parent
        away = folder.with_name(f"{folder.name}-away")
        folder.rename(away)
        return lambda: away.rename(folder)
    server = url.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)

    def admit(allowed: bool) -> None:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS {allowed}')
            if not allowed:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
                    [url.database],
                )

    admit(False)
    return lambda: admit(True)


@pytest.mark.parametrize(
    ("accept_encoding", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, deflate", "gzip"),
        ("zstd, gzip", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.4, zstd; q=0.4, gzip; q=0.2", "br"),
        ("*", "br"),
        ("*;q=0", None),
        ("br;q=0, *", "zstd"),
        ("GZIP", "gzip"),
        ("gzip;q=nonsense", None),
        ("gzip;q=0.000", None),
        ("identity;q=0, gzip;q=0.001", "gzip"),
        ("identity, gzip;q=0.5", None),
        ("br;q=-1", None),
        ("br;q=nan", None),
        (",,;,;q=1,", None),
    ],
)
def test_negotiation(accept_encoding: str, coding: str | None) -> None:
    assert choose_coding(accept_encoding) == coding


def test_the_active_theme_as_json_is_kept_and_follows_every_change(
    client: FlaskClient, editor_headers: dict[str, str]
) -> None:
    url = "/api/v1/themes/active"
    first = client.get(url)
    assert client.get(url).headers["ETag"] == first.headers["ETag"]
    assert client.get(url, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    change = {"colors": {"primary": "#00695c"}}
    changed = client.patch(f"/api/v1/themes/{first.json['id']}", json=change, headers=editor_headers)
    after = client.get(url)
    assert after.json["colors"]["primary"] == "#00695c"
    assert after.headers["ETag"] == changed.headers["ETag"]
    assert client.get("/api/v1/themes/color-scheme").json["primary"] == "#00695c"


def test_a_draft_changes_the_entity_tag_of_what_is_kept(
    client: FlaskClient, work: Callable[..., Work], editor: Person
) -> None:
    url = "/api/v1/themes/active"
    before = client.get(url)
    unit = work(editor.actor)
    update_theme(unit, before.json["id"], {"colors": {"primary": "#00695c"}}, publish=False)
    unit.session.commit()
    after = client.get(url)
    assert after.json["colors"] == before.json["colors"]
    stale = {"If-Match": before.headers["ETag"], **editor.headers}
    fresh = {"If-Match": after.headers["ETag"], **editor.headers}
    theme = f"/api/v1/themes/{before.json['id']}"
    assert client.patch(theme, json={"name": "Stale"}, headers=stale).status_code == 412
    assert client.patch(theme, json={"name": "Fresh"}, headers=fresh).status_code == 200


def test_pages_of_other_origins_each_get_their_own_answer(another_app: MakeApp) -> None:
    origins = ("https://a.example.org", "https://b.example.org")
    client = another_app(cors_origins=origins).test_client()
    for origin in (*origins, *origins):
        answer = client.get("/api/v1/themes/active", headers={"Origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == origin
