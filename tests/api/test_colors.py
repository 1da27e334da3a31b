"""Palette, contrast and preview over HTTP, and values that try to leave their declaration."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.api.documents import pointers, theme_document

Headers = dict[str, str]

HOSTILE = [
    "red;",
    "red}",
    "red{}",
    "#fff;background:url(//evil.example)",
    "red}body{display:none",
    "</style><script>alert(1)</script>",
    "\\75rl(//evil.example/x)",
    "u\\72l(x)",
    "url(//evil.example/x)",
    'image-set("//evil.example/x" 1x)',
    "@import '//evil.example/x.css'",
    "red/**/",
    "/* red",
    '"red',
    "'red",
    "red\n}",
    "var(--color-text)",
    "calc(1)",
    "attr(title)",
    "env(x)",
    "expression(alert(1))",
    "rgb(0 0 0 / var(--x))",
    "rgb(from red r g b)",
    "color-mix(in srgb, red, blue)",
    "light-dark(red, blue)",
    "currentColor",
    "inherit",
    "red !important",
    "red\x00",
    "\u202ered",
    "#" + "f" * 5000,
    "(" * 3000,
    "",
    " ",
]
"""No static colours. Each would do something else in a stylesheet than be a colour."""


class TestHostileValues:
    def test_as_colours(self, client: FlaskClient, editor_headers: Headers) -> None:
        before = client.get("/themes/active.css").data
        for value in HOSTILE:
            answers = {
                "/colors/primary": client.put(
                    "/api/v1/themes/1", json={"colors": {"primary": value}}, headers=editor_headers
                ),
                "/dark_mode/accent": client.put(
                    "/api/v1/themes/1", json={"dark_mode": {"accent": value}}, headers=editor_headers
                ),
                "/text": client.put(
                    "/api/v1/themes/color-scheme", json={"text": value}, headers=editor_headers
                ),
                "/foreground": client.post(
                    "/api/v1/themes/contrast", json={"foreground": value, "background": "#fff"}
                ),
                "/color": client.post("/api/v1/themes/palette", json={"color": value}),
            }
            for pointer, answer in answers.items():
                assert answer.status_code == 422, (value, pointer)
                assert {found for found, _ in pointers(answer)} == {pointer}, value
        assert client.get("/themes/active.css").data == before

    def test_as_fonts_and_sizes(self, client: FlaskClient, editor_headers: Headers) -> None:
        before = client.get("/themes/active.css").data
        fields = {
            "typography": ("font_family", "heading_font", "base_size"),
            "spacing": ("base_unit",),
            "border_radius": ("small", "round"),
        }
        accepted = []
        for value in set(HOSTILE) - {"currentColor"}:  # which is a name that a font may have
            for section, names in fields.items():
                body = {section: dict.fromkeys(names, value)}
                answer = client.post(
                    "/api/v1/themes/preview", json={**theme_document(), **body}, headers=editor_headers
                )
                if answer.status_code == 200 or len(pointers(answer)) < len(names):
                    accepted.append((section, value))
                else:
                    expected = {f"/{section}/{name}" for name in names}
                    assert expected <= {found for found, _ in pointers(answer)}
        assert accepted == []
        assert client.get("/themes/active.css").data == before

    def test_all_at_once_are_all_named(self, client: FlaskClient, editor_headers: Headers) -> None:
        names = list(theme_document()["colors"])
        colors = dict(zip(names, HOSTILE, strict=False))
        answer = client.put("/api/v1/themes/1", json={"colors": colors}, headers=editor_headers)
        assert {pointer for pointer, _ in pointers(answer)} == {f"/colors/{name}" for name in names}

    def test_a_refusal_does_not_repeat_the_value(self, client: FlaskClient, editor_headers: Headers) -> None:
        value = "</style><script>alert(1)</script>"
        answer = client.put("/api/v1/themes/1", json={"colors": {"primary": value}}, headers=editor_headers)
        assert value not in answer.get_data(as_text=True)


class TestPalette:
    def test_companions(self, client: FlaskClient) -> None:
        answer = client.post("/api/v1/themes/palette", json={"color": "#FF0000"})
        assert answer.status_code == 200
        assert {"primary", "primary-light", "primary-dark", "complementary"} <= set(answer.json)
        assert answer.json["primary"].lower() == "#ff0000"
        assert len(answer.json["ramp"]) == 11

    def test_a_harmony_on_request(self, client: FlaskClient) -> None:
        answer = client.post("/api/v1/themes/palette", json={"color": "teal", "harmony": "triadic"})
        assert list(answer.json["harmonies"]) == ["triadic"]
        answer = client.post("/api/v1/themes/palette", json={"color": "teal", "harmony": "loud"})
        assert pointers(answer) == {("/harmony", "invalid_choice")}


class TestContrast:
    def test_a_pair_that_passes(self, client: FlaskClient) -> None:
        answer = client.post("/api/v1/themes/contrast", json={"foreground": "#000", "background": "white"})
        assert answer.json == {
            "ratio": 21.0,
            "passes": {"aa": True, "aa_large": True, "aaa": True},
            "suggestion": None,
        }

    def test_a_pair_that_fails_comes_with_one_that_passes(self, client: FlaskClient) -> None:
        pair = {"foreground": "#999999", "background": "#FFFFFF"}
        answer = client.post("/api/v1/themes/contrast", json=pair).json
        assert (answer["ratio"] < 4.5, answer["passes"]["aa"]) == (True, False)
        mended = client.post(
            "/api/v1/themes/contrast", json={**pair, "foreground": answer["suggestion"]}
        ).json
        assert mended["passes"]["aa"] is True

    def test_missing_fields(self, client: FlaskClient) -> None:
        answer = client.post("/api/v1/themes/contrast", json={})
        assert pointers(answer) == {("/foreground", "required"), ("/background", "required")}


class TestPreview:
    def test_compiles_without_storing(self, client: FlaskClient, editor_headers: Headers) -> None:
        body = theme_document("Not saved", primary="#ABCDEF")
        answer = client.post("/api/v1/themes/preview", json=body, headers=editor_headers)
        assert answer.status_code == 200
        assert "--color-primary:#abcdef" in answer.json["css"]
        assert {row["scheme"] for row in answer.json["contrast"]} == {"light", "dark"}
        assert len(client.get("/api/v1/themes").json) == 1

    def test_is_what_the_saved_theme_serves(self, client: FlaskClient, editor_headers: Headers) -> None:
        body = theme_document()
        preview = client.post("/api/v1/themes/preview", json=body, headers=editor_headers).json["css"]
        client.post("/api/v1/themes", json=body, headers=editor_headers)
        assert client.get("/themes/test-theme.css").get_data(as_text=True) == preview

    def test_a_fix_of_the_report_mends_its_pair(self, client: FlaskClient, editor_headers: Headers) -> None:
        body = theme_document(text="#AAAAAA")
        url = "/api/v1/themes/preview"
        rows = client.post(url, json=body, headers=editor_headers).json["contrast"]
        row = next(row for row in rows if not row["passes"] and row["pointer"] == "/colors/text")
        body["colors"]["text"] = row["suggestion"]
        mended = client.post(url, json=body, headers=editor_headers).json["contrast"]
        assert next(found for found in mended if found["id"] == row["id"])["passes"] is True

    @pytest.mark.parametrize("role", ["nobody", "member"])
    def test_is_for_editors(self, client: FlaskClient, member: object, role: str) -> None:
        headers = member.headers if role == "member" else {}  # type: ignore[attr-defined]
        answer = client.post("/api/v1/themes/preview", json=theme_document(), headers=headers)
        assert answer.status_code == (403 if role == "member" else 401)
