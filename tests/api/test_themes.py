"""Themes over HTTP, as clients of THEMES and PORTFOLIO use them and as present-day clients do."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete

from tests.api.documents import COLORS, create_theme, pointers, theme_document
from webapp.domain.themes.models import ActiveTheme
from webapp.extensions import db

Headers = dict[str, str]


@pytest.fixture(params=["/api/v1/themes", "/api/design"])
def themes(request: pytest.FixtureRequest) -> str:
    """The path of the themes, now and for older clients."""
    return str(request.param)


class TestOlderClients:
    """The behaviour that the test suite of THEMES and the Postman collection of PORTFOLIO rely on."""

    def test_create(self, client: FlaskClient, editor_headers: Headers, themes: str) -> None:
        answer = client.post(f"{themes}/", json=theme_document(), headers=editor_headers)
        assert answer.status_code == 201
        assert answer.json["name"] == "Test Theme"
        assert answer.json["colors"] == COLORS
        assert answer.json["typography"]["font_family"] == "Arial, sans-serif"
        assert answer.json["is_active"] is False
        assert answer.headers["Location"] == f"/api/v1/themes/{answer.json['id']}"

    def test_list_is_a_bare_array_in_order(
        self, client: FlaskClient, editor_headers: Headers, themes: str
    ) -> None:
        for name in ("Theme 1", "Theme 2"):
            create_theme(client, editor_headers, name)
        answer = client.get(f"{themes}/")
        assert answer.status_code == 200
        assert [theme["name"] for theme in answer.json] == ["Rangoli", "Theme 1", "Theme 2"]
        assert answer.headers["X-Total-Count"] == "3"

    def test_activate(self, client: FlaskClient, editor_headers: Headers, themes: str) -> None:
        first = create_theme(client, editor_headers, "Default Theme")
        second = create_theme(client, editor_headers, "Alternative Theme")
        for theme in (second, first):
            answer = client.post(f"{themes}/{theme['id']}/activate", headers=editor_headers)
            assert (answer.status_code, answer.json["is_active"]) == (200, True)
            active = client.get(f"{themes}/active").json
            assert (active["id"], active["name"]) == (theme["id"], theme["name"])

    def test_activate_heeds_if_match(self, client: FlaskClient, editor_headers: Headers, themes: str) -> None:
        url = f"{themes}/{create_theme(client, editor_headers, 'Default Theme')['id']}"
        seen = client.get(url).headers["ETag"]
        client.put(url, json={"colors": {"primary": "red"}}, headers=editor_headers)
        stale = client.post(f"{url}/activate", headers={**editor_headers, "If-Match": seen})
        assert (stale.status_code, client.get(url).json["is_active"]) == (412, False)
        seen = client.get(url).headers["ETag"]
        fresh = client.post(f"{url}/activate", headers={**editor_headers, "If-Match": seen})
        assert (fresh.status_code, fresh.json["is_active"]) == (200, True)

    def test_activate_where_nothing_was_ever_active(
        self, app: Flask, client: FlaskClient, editor_headers: Headers, themes: str
    ) -> None:
        with app.app_context():
            db.session.execute(delete(ActiveTheme))
            db.session.commit()
            db.session.remove()
        assert client.get(f"{themes}/active").status_code == 404
        answer = client.post(f"{themes}/1/activate", headers=editor_headers)
        assert (answer.status_code, answer.json["is_active"]) == (200, True)
        assert client.get(f"{themes}/active").json["id"] == 1

    def test_update_leaves_the_rest_alone(
        self, client: FlaskClient, editor_headers: Headers, themes: str
    ) -> None:
        theme = create_theme(client, editor_headers, "Original Theme")
        colors = {**COLORS, "primary": "#00FF00", "secondary": "#0000FF", "accent": "#FF0000"}
        answer = client.put(
            f"{themes}/{theme['id']}",
            json={"name": "Updated Theme", "colors": colors},
            headers=editor_headers,
        )
        assert answer.status_code == 200
        assert answer.json["name"] == "Updated Theme"
        assert answer.json["colors"] == colors
        for section in ("dark_mode", "typography", "spacing", "border_radius"):
            assert answer.json[section] == theme[section]

    def test_the_collection_of_portfolio(
        self, client: FlaskClient, editor_headers: Headers, themes: str
    ) -> None:
        assert client.get(f"{themes}/active").status_code == 200
        assert client.get(f"{themes}/").status_code == 200
        answer = client.post(f"{themes}/", json=theme_document("Default Theme"), headers=editor_headers)
        assert answer.status_code == 201
        answer = client.put(f"{themes}/color-scheme", json=COLORS, headers=editor_headers)
        assert (answer.status_code, answer.json) == (200, COLORS)
        assert client.get(f"{themes}/color-scheme").json == COLORS

    def test_delete(self, client: FlaskClient, editor_headers: Headers, themes: str) -> None:
        theme = create_theme(client, editor_headers)
        answer = client.delete(f"{themes}/{theme['id']}", headers=editor_headers)
        assert (answer.status_code, answer.data) == (204, b"")
        assert client.get(f"{themes}/{theme['id']}").status_code == 404

    def test_other_paths(self, client: FlaskClient) -> None:
        for path in ("/api/v1/css", "/api/css", "/api/v1/css/"):
            answer = client.get(path)
            assert answer.status_code == 200
            assert answer.data == client.get("/themes/active.css").data
        assert client.get("/api/v1/design").json == client.get("/api/v1/themes").json
        assert client.get("/api/v1/designs").json["code"] == "unauthenticated"  # the gallery, not rewritten


class TestFreshInstallation:
    def test_the_default_theme_is_active(self, client: FlaskClient) -> None:
        (theme,) = client.get("/api/v1/themes").json
        assert (theme["name"], theme["slug"], theme["is_active"]) == ("Rangoli", "rangoli", True)
        assert theme["colors"]["primary"] == "#8B5CF6"
        assert theme["dark_mode"] == {"background": "#1A1F2C", "text": "#FFFFFF", "primary": "#9B87F5"}
        assert theme["revision"] == 1

    def test_times_are_utc_with_a_z(self, client: FlaskClient) -> None:
        theme = client.get("/api/v1/themes/active").json
        assert theme["created_at"].endswith("Z") and theme["updated_at"].endswith("Z")


class TestList:
    def test_pages(self, client: FlaskClient, editor_headers: Headers) -> None:
        for number in range(4):
            create_theme(client, editor_headers, f"Theme {number}")
        for query in ("skip=2&limit=2", "page=2&per_page=2"):
            answer = client.get(f"/api/v1/themes?{query}")
            assert [theme["name"] for theme in answer.json] == ["Theme 1", "Theme 2"]
            assert answer.headers["X-Total-Count"] == "5"
        assert client.get("/api/v1/themes?skip=5").json == []

    def test_many_themes_cost_no_more_queries_than_one(
        self, client: FlaskClient, editor_headers: Headers, count_queries: Any
    ) -> None:
        with count_queries() as for_one:
            client.get("/api/v1/themes")
        for number in range(4):
            create_theme(client, editor_headers, f"Theme {number}")
        with count_queries() as for_five:
            client.get("/api/v1/themes")
        assert len(for_five) == len(for_one)


class TestCreate:
    def test_a_name_that_is_taken_is_400(self, client: FlaskClient, editor_headers: Headers) -> None:
        for name in ("Rangoli", "RANGOLI", "  rangoli ", "Ｒangoli"):
            answer = client.post("/api/v1/themes", json=theme_document(name), headers=editor_headers)
            assert answer.status_code == 400, name
            assert answer.json["detail"] == "Design system with this name already exists"
            assert pointers(answer) == {("/name", "taken")}

    def test_everything_wrong_is_named_at_once(self, client: FlaskClient, editor_headers: Headers) -> None:
        body = theme_document("  ", primary="nothing", info=7)  # type: ignore[arg-type]
        del body["colors"]["text"], body["spacing"]
        body["typography"] |= {"base_size": "1px", "scale_ratio": "big", "weight": 400}
        body["dark_mode"]["text"] = None
        body["border_radius"] = []
        body["is_active"] = True
        body["~a/b"] = 1
        answer = client.post("/api/v1/themes", json=body, headers=editor_headers)
        assert (answer.status_code, answer.json["code"]) == (422, "invalid_fields")
        assert pointers(answer) == {
            ("/name", "required"),
            ("/colors/primary", "invalid_color"),
            ("/colors/info", "invalid_type"),
            ("/colors/text", "required"),
            ("/spacing", "required"),
            ("/typography/base_size", "out_of_range"),
            ("/typography/scale_ratio", "invalid_type"),
            ("/typography/weight", "unknown_field"),
            ("/dark_mode/text", "invalid_type"),
            ("/border_radius", "invalid_type"),
            ("/is_active", "unknown_field"),
            ("/~0a~1b", "unknown_field"),
        }

    def test_colours_stay_as_they_were_written(self, client: FlaskClient, editor_headers: Headers) -> None:
        theme = create_theme(client, editor_headers, primary="RebeccaPurple", text="hsl(0deg 0% 5%)")
        assert theme["colors"]["primary"] == "RebeccaPurple"
        assert theme["colors"]["text"] == "hsl(0deg 0% 5%)"

    def test_an_empty_body(self, client: FlaskClient, editor_headers: Headers) -> None:
        answer = client.post("/api/v1/themes", headers=editor_headers)
        assert answer.status_code == 422
        assert ("/name", "required") in pointers(answer)

    def test_names_that_are_none(self, client: FlaskClient, editor_headers: Headers) -> None:
        names: tuple[Any, ...] = ("x" * 101, "two\nlines", "rtl\u202etxt", 7, None, ["a"], "")
        for name in names:
            answer = client.post("/api/v1/themes", json=theme_document(name), headers=editor_headers)
            assert answer.status_code == 422, name
            assert {pointer for pointer, _ in pointers(answer)} == {"/name"}


class TestSlug:
    def test_made_from_the_name(self, client: FlaskClient, editor_headers: Headers) -> None:
        for name, slug in (
            ("Übergröße & Co.", "ubergrosse-co"),
            ("त्योहार", "tyohaar"),
            ("🎉🎉", "theme"),
            ("active", "active-2"),
            ("x" * 100, "x" * 58),
        ):
            assert create_theme(client, editor_headers, name)["slug"] == slug
            assert client.get(f"/themes/{slug}.css").status_code == 200

    def test_names_with_the_same_slug(self, client: FlaskClient, editor_headers: Headers) -> None:
        slugs = [
            create_theme(client, editor_headers, name)["slug"] for name in ("A B", "A-B", "A_B", "🎉", "🎊")
        ]
        assert slugs == ["a-b", "a-b-2", "a-b-3", "theme", "theme-2"]

    def test_stays_when_the_name_changes(self, client: FlaskClient, editor_headers: Headers) -> None:
        theme = create_theme(client, editor_headers, "First")
        answer = client.put(f"/api/v1/themes/{theme['id']}", json={"name": "Second"}, headers=editor_headers)
        assert (answer.json["name"], answer.json["slug"]) == ("Second", "first")


class TestUpdate:
    def test_part_of_a_section_merges(self, client: FlaskClient, editor_headers: Headers) -> None:
        theme = create_theme(client, editor_headers)
        for revision, method in ((2, "PUT"), (3, "PATCH")):
            color, size = f"#12345{revision}", f"{revision + 15}px"
            answer = client.open(
                f"/api/v1/themes/{theme['id']}",
                method=method,
                json={"colors": {"accent": color}, "typography": {"base_size": size}},
                headers=editor_headers,
            )
            assert answer.status_code == 200
            assert answer.json["colors"] == {**COLORS, "accent": color}
            assert answer.json["typography"] == {**theme["typography"], "base_size": size}
            assert answer.json["revision"] == revision

    def test_null_lets_a_dark_colour_be_derived_again(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        url = f"/api/v1/themes/{create_theme(client, editor_headers)['id']}"
        answer = client.put(url, json={"dark_mode": {"accent": "#ABCDEF"}}, headers=editor_headers)
        assert answer.json["dark_mode"]["accent"] == "#ABCDEF"
        answer = client.put(url, json={"dark_mode": {"accent": None}}, headers=editor_headers)
        assert "accent" not in answer.json["dark_mode"]

    def test_what_changes_nothing_makes_no_revision(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        theme = create_theme(client, editor_headers)
        for body in ({}, {"colors": {}}, {"colors": {"primary": "#FF0000"}}, {"name": "Test Theme"}):
            answer = client.put(f"/api/v1/themes/{theme['id']}", json=body, headers=editor_headers)
            assert (answer.status_code, answer.json) == (200, theme), body

    def test_wrong_fields(self, client: FlaskClient, editor_headers: Headers) -> None:
        theme = create_theme(client, editor_headers)
        url = f"/api/v1/themes/{theme['id']}"
        body = {"name": "", "colors": {"primary": "red;", "brand": "#FFF"}, "spacing": None, "slug": "other"}
        answer = client.put(url, json=body, headers=editor_headers)
        assert pointers(answer) == {
            ("/name", "required"),
            ("/colors/primary", "invalid_color"),
            ("/colors/brand", "unknown_field"),
            ("/spacing", "invalid_type"),
            ("/slug", "unknown_field"),
        }
        assert client.get(url).json == theme

    def test_a_name_that_is_taken_is_409(self, client: FlaskClient, editor_headers: Headers) -> None:
        theme = create_theme(client, editor_headers)
        url = f"/api/v1/themes/{theme['id']}"
        answer = client.put(url, json={"name": "RANGOLI"}, headers=editor_headers)
        assert (answer.status_code, answer.json["code"]) == (409, "name_taken")
        assert client.put(url, json={"name": "TEST theme"}, headers=editor_headers).status_code == 200

    def test_missing(self, client: FlaskClient, editor_headers: Headers) -> None:
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            answer = client.open("/api/v1/themes/999", method=method, json={}, headers=editor_headers)
            assert (answer.status_code, answer.json["detail"]) == (404, "Design system not found")


class TestDeleteAndActivate:
    def test_the_active_one_stays(self, client: FlaskClient, editor_headers: Headers) -> None:
        active = client.get("/api/v1/themes/active").json
        answer = client.delete(f"/api/v1/themes/{active['id']}", headers=editor_headers)
        assert (answer.status_code, answer.json["code"]) == (400, "theme_is_active")
        assert answer.json["detail"] == "Cannot delete design system (it might be active or not found)"
        assert client.get("/api/v1/themes/active").json == active

    def test_activating_a_missing_one(self, client: FlaskClient, editor_headers: Headers) -> None:
        before = client.get("/api/v1/themes/active").json
        assert client.post("/api/v1/themes/999/activate", headers=editor_headers).status_code == 404
        assert client.get("/api/v1/themes/active").json == before

    def test_exactly_one_is_active(self, client: FlaskClient, editor_headers: Headers) -> None:
        ids = [create_theme(client, editor_headers, f"Theme {number}")["id"] for number in range(3)]
        for theme_id in (ids[0], ids[2], ids[2], ids[1]):
            client.post(f"/api/v1/themes/{theme_id}/activate", headers=editor_headers)
            assert [t["id"] for t in client.get("/api/v1/themes").json if t["is_active"]] == [theme_id]

    def test_a_deleted_id_never_comes_back(self, client: FlaskClient, editor_headers: Headers) -> None:
        gone = create_theme(client, editor_headers)["id"]
        client.delete(f"/api/v1/themes/{gone}", headers=editor_headers)
        assert create_theme(client, editor_headers)["id"] != gone


class TestColorScheme:
    def test_a_part_merges_and_is_live_at_once(self, client: FlaskClient, editor_headers: Headers) -> None:
        before = client.get("/api/v1/themes/color-scheme").json
        answer = client.put(
            "/api/v1/themes/color-scheme", json={"primary": "#123456"}, headers=editor_headers
        )
        assert answer.json == {**before, "primary": "#123456"}
        assert "--color-primary:#123456" in client.get("/themes/active.css").get_data(as_text=True)
        assert client.get("/api/v1/themes/active").json["revision"] == 2

    def test_wrong_colours(self, client: FlaskClient, editor_headers: Headers) -> None:
        body = {"primary": "url(x)", "text": 1, "brand": "#FFF"}
        answer = client.put("/api/v1/themes/color-scheme", json=body, headers=editor_headers)
        assert answer.status_code == 422
        assert pointers(answer) == {
            ("/primary", "invalid_color"),
            ("/text", "invalid_type"),
            ("/brand", "unknown_field"),
        }

    def test_conditional(self, client: FlaskClient, editor_headers: Headers) -> None:
        url = "/api/v1/themes/color-scheme"
        etag = client.get(url).headers["ETag"]
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
        stale = {**editor_headers, "If-Match": etag}
        assert client.put(url, json={"primary": "#111111"}, headers=stale).status_code == 200
        assert client.put(url, json={"primary": "#222222"}, headers=stale).status_code == 412
        assert client.get(url).json["primary"] == "#111111"


class TestConditionalRequests:
    def test_get(self, client: FlaskClient) -> None:
        for url in ("/api/v1/themes/active", "/api/v1/themes/1"):
            answer = client.get(url)
            etag = answer.headers["ETag"]
            assert etag.startswith('"')
            again = client.get(url, headers={"If-None-Match": f'"other", {etag}'})
            assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
            assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200

    def test_47_a_stale_writer_is_refused(self, client: FlaskClient, editor_headers: Headers) -> None:
        theme = create_theme(client, editor_headers)
        url = f"/api/v1/themes/{theme['id']}"

        def send(method: str, path: str, body: Any, tag: str) -> Any:
            headers = {**editor_headers, "If-Match": tag}
            return client.open(url + path, method=method, headers=headers, json=body)

        writes: tuple[tuple[str, str, Any], ...] = (
            ("PUT", "", {"colors": {"accent": "#0A0A0A"}}),
            ("PATCH", "", {"colors": {"accent": "#0B0B0B"}}),
            ("POST", "/publish", {}),
            ("POST", "/revisions/1/restore", None),
            ("DELETE", "", None),
        )
        for number, write in enumerate(writes):
            seen = client.get(url).headers["ETag"]
            client.put(url, json={"colors": {"primary": f"#01010{number}"}}, headers=editor_headers)
            now = client.get(url)
            refused = send(*write, seen)
            assert (refused.status_code, refused.json["code"]) == (412, "stale"), write
            assert client.get(url).json == now.json
            assert send(*write, now.headers["ETag"]).status_code in (200, 204), write

    def test_the_answer_of_a_write_carries_the_new_tag(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        created = client.post("/api/v1/themes", json=theme_document(), headers=editor_headers)
        url = created.headers["Location"]
        assert created.headers["ETag"] == client.get(url).headers["ETag"]
        updated = client.put(
            url, json={"name": "New"}, headers={**editor_headers, "If-Match": created.headers["ETag"]}
        )
        assert updated.status_code == 200
        assert updated.headers["ETag"] == client.get(url).headers["ETag"] != created.headers["ETag"]

    def test_activation_changes_the_tag(self, client: FlaskClient, editor_headers: Headers) -> None:
        url = f"/api/v1/themes/{create_theme(client, editor_headers)['id']}"
        etag = client.get(url).headers["ETag"]
        client.post(f"{url}/activate", headers=editor_headers)
        assert client.get(url, headers={"If-None-Match": etag}).status_code == 200

    def test_a_tag_that_a_proxy_has_lengthened_and_any_tag(
        self, client: FlaskClient, editor_headers: Headers
    ) -> None:
        etag = client.get("/api/v1/themes/1").headers["ETag"]
        for number, tag in enumerate((f'{etag[:-1]}:br"', "*")):
            answer = client.put(
                "/api/v1/themes/1",
                json={"colors": {"primary": f"#00000{number}"}},
                headers={**editor_headers, "If-Match": tag},
            )
            assert answer.status_code == 200

    def test_weak_tags_do_not_match(self, client: FlaskClient, editor_headers: Headers) -> None:
        etag = client.get("/api/v1/themes/1").headers["ETag"]
        headers = {**editor_headers, "If-Match": f"W/{etag}"}
        assert client.put("/api/v1/themes/1", json={"name": "N"}, headers=headers).status_code == 412


class TestDuplicate:
    def test_copies_the_values(self, client: FlaskClient, editor_headers: Headers) -> None:
        source = create_theme(client, editor_headers)
        url = f"/api/v1/themes/{source['id']}/duplicate"
        answer = client.post(url, json={"name": "Copy"}, headers=editor_headers)
        assert answer.status_code == 201
        assert answer.headers["Location"] == f"/api/v1/themes/{answer.json['id']}"
        assert (answer.json["name"], answer.json["is_active"], answer.json["revision"]) == ("Copy", False, 1)
        assert answer.json["colors"] == source["colors"]
        assert client.post(url, json={"name": "copy"}, headers=editor_headers).status_code == 400
        assert pointers(client.post(url, json={}, headers=editor_headers)) == {("/name", "required")}
