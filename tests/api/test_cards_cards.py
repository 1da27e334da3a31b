"""Cards over HTTP: all errors at once, fitting, rights, export, links."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.api.conftest import MakeApp
from tests.api.greetings import made, make_card, make_template, places
from tests.api.media import uploaded
from tests.api.test_theme_races import at_once, get, post, statuses
from tests.conftest import MakeUser, Person
from tests.pictures import encoded, picture
from webapp import web

CARDS = "/api/v1/cards"


@pytest.fixture
def card(client: FlaskClient, member: Person) -> dict[str, Any]:
    return make_card(client, member, make_template(client, member))


def test_generate(client: FlaskClient, member: Person, editor: Person) -> None:
    festival = made(client, "/festivals", {"name": "Diwali", "default_message": "May light win"}, editor)
    template = make_template(client, member)
    fields = {"sender_name": "<Asha & co>", "values": {"accent": "teal"}, "festival_id": festival["id"]}
    card = make_card(client, member, template, **fields, message=None)
    html = card["generated_html"]
    assert card["message"] == "May light win"
    assert "&lt;Asha &amp; co&gt;, Diwali" in html
    assert "color: teal" in html
    assert "--color-primary" in html, "the theme's variables are part of the page"
    assert client.get(f"{CARDS}/{card['id']}", headers=member.headers).json == card
    assert client.get(f"/api/v1/templates/{template['id']}").json["usage_count"] == 1
    mine = client.get(f"{CARDS}/my-cards", headers=member.headers).json
    assert [each["id"] for each in mine["data"]] == [card["id"]]


@pytest.mark.one_database
def test_a_festivals_message_is_in_the_makers_language(
    client: FlaskClient, member: Person, editor: Person
) -> None:
    words = {"name": "Diwali", "default_message": "Light", "messages": {"hi": "शुभ", "pt-BR": "Luz"}}
    festival = made(client, "/festivals", words, editor)
    template = make_template(client, member, template_code="{{ message }}")
    body = {"template_id": template["id"], "festival_id": festival["id"]}
    wanted = {"hi-IN,en;q=0.9": "शुभ", "en-GB,hi;q=0.8": "Light", "pt-br": "Luz", "pt": "Light", "": "Light"}
    for languages, message in wanted.items():
        headers = {**member.headers, "Accept-Language": languages}
        assert client.post(f"{CARDS}/generate", json=body, headers=headers).json["message"] == message


def test_all_errors_at_once(client: FlaskClient, member: Person) -> None:
    template = make_template(client, member)
    body: dict[str, Any] = {
        "template_id": template["id"],
        "festival_id": "01a1fe46-df40-7338-9a9a-900d373416af",
        "title": "x" * 201,
        "custom_image_url": "javascript:alert(1)",
        "values": {"accent": "red;}", "mood": "sad", "guests": 11, "photo": "file:///etc/passwd", "other": 1},
    }
    answer = client.post(f"{CARDS}/generate", json=body, headers=member.headers)
    values = {f"/values/{name}" for name in body["values"]}
    own = {"/title", "/custom_image_url", "/festival_id", "/message"}
    assert places(answer) == own | values
    unknown = {"template_id": template["id"], "sender": "me", "title": 7}
    answer = client.post(f"{CARDS}/generate", json=unknown, headers=member.headers)
    assert places(answer) == {"/sender", "/title"}
    assert places(client.post(f"{CARDS}/generate", json={}, headers=member.headers)) == {"/template_id"}


def test_text_is_fitted_or_refused_by_its_field(client: FlaskClient, member: Person) -> None:
    template = make_template(client, member)
    fitted = make_card(client, member, template, message="word " * 120)
    assert 'data-field="message"]{font-size:' in fitted["generated_html"]
    report = client.get(f"{CARDS}/{fitted['id']}/preflight", headers=member.headers).json
    assert report == {"overflows": [], "broken_images": 0, "missing_characters": ""}
    body = {"template_id": template["id"], "message": "word " * 600}
    answer = client.post(f"{CARDS}/generate", json=body, headers=member.headers)
    assert places(answer) == {"/message"}
    assert answer.json["errors"][0]["code"] == "overflow"


def test_a_card_stays_as_it_was_made(client: FlaskClient, member: Person, card: dict[str, Any]) -> None:
    url = f"/api/v1/templates/{card['template_id']}"
    changed = {"template_code": "<p>{{ message }}</p>"}
    assert client.put(url, json=changed, headers=member.headers).status_code == 200
    assert client.get(f"{CARDS}/{card['id']}", headers=member.headers).json == card
    redrawn = client.put(f"{CARDS}/{card['id']}", json={"title": "New"}, headers=member.headers).json
    assert redrawn["template_version"] == 2
    assert client.delete(url, headers=member.headers).status_code == 204
    orphan = client.get(f"{CARDS}/{card['id']}", headers=member.headers).json
    assert (orphan["template_id"], orphan["generated_html"]) == (None, redrawn["generated_html"])
    answer = client.put(f"{CARDS}/{card['id']}", json={"title": "x"}, headers=member.headers)
    assert (answer.status_code, answer.json["code"]) == (409, "template_gone")


@pytest.mark.one_database
def test_a_card_keeps_its_theme_and_shows_todays_on_request(
    client: FlaskClient, member: Person, editor: Person, card: dict[str, Any]
) -> None:
    theme = client.get("/api/v1/themes/active").json["id"]
    changes = {"colors": {"primary": "#0b6e4f"}}
    changed = client.put(f"/api/v1/themes/{theme}", json=changes, headers=editor.headers)
    assert changed.status_code == 200, changed.json

    def page(**asked: bool) -> str:
        body = {"card_id": card["id"], "format": "html", **asked}
        return client.post(f"{CARDS}/export", json=body, headers=member.headers).get_data(as_text=True)

    assert page() == card["generated_html"] and "#0b6e4f" not in page()
    assert "#0b6e4f" in page(todays_theme=True)
    assert page(dark=True) == page().replace("<html>", '<html data-theme="dark">')


def test_a_card_is_its_makers_alone(
    client: FlaskClient, member: Person, make_user: MakeUser, card: dict[str, Any]
) -> None:
    other = make_user("editor")
    url = f"{CARDS}/{card['id']}"
    for method, path in (
        *(("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "/share"), ("GET", "/shares")),
        *(("POST", "/duplicate"), ("GET", "/preflight")),
    ):
        answer = client.open(url + path, method=method, json={}, headers=other.headers)
        assert answer.status_code == 404, (method, path)
    asked = {"card_id": card["id"], "format": "html"}
    assert client.post(f"{CARDS}/export", json=asked, headers=other.headers).status_code == 404
    copy = client.post(f"{url}/duplicate", headers=member.headers).json
    assert (copy["message"], copy["id"] == card["id"]) == (card["message"], False)
    client.put(url, json={"is_public": True}, headers=member.headers)
    assert client.get(url).status_code == 200
    assert client.put(url, json={"title": "x"}, headers=other.headers).status_code == 403


def test_premium_templates(client: FlaskClient, editor: Person, member: Person, make_user: MakeUser) -> None:
    template = make_template(client, editor, is_premium=True)
    body = {"template_id": template["id"], "message": "x"}
    answer = client.post(f"{CARDS}/generate", json=body, headers=member.headers)
    assert (answer.status_code, answer.json["code"]) == (403, "premium_only")
    over = make_user("member", is_premium=True, subscription_expires_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert client.post(f"{CARDS}/generate", json=body, headers=over.headers).status_code == 403
    make_card(client, make_user("member", is_premium=True), template)


@pytest.mark.parametrize(
    ("asked", "form", "size"),
    [
        ({"format": "png"}, "PNG", (1080, 1080)),
        ({"format": "jpeg", "size": "facebook-cover", "quality": 70}, "JPEG", (1200, 315)),
        ({"format": "webp", "width": 500, "scale": 1.5}, "WEBP", (750, 750)),
        ({"format": "avif", "width": 333, "height": 100}, "AVIF", (333, 100)),
        ({"format": "jpeg", "paper": "a6", "bleed": 3}, "JPEG", (1311, 1819)),
    ],
)
def test_export_as_picture(
    client: FlaskClient, member: Person, card: dict[str, Any], asked: Any, form: str, size: Any
) -> None:
    answer = client.post(f"{CARDS}/export", json={"card_id": card["id"], **asked}, headers=member.headers)
    assert answer.status_code == 200, answer.json
    image = Image.open(io.BytesIO(answer.data))
    assert (image.format, image.size) == (form, size)
    assert answer.headers["Content-Type"] == f"image/{form.lower()}"
    assert len(set(image.convert("RGB").resize((40, 40)).get_flattened_data())) > 10, "something is drawn"


def test_export_as_pdf_and_page(client: FlaskClient, member: Person, card: dict[str, Any]) -> None:
    asked = {"card_id": card["id"], "format": "pdf", "paper": "a5"}
    answer = client.post(f"{CARDS}/export", json=asked, headers=member.headers)
    assert answer.data.startswith(b"%PDF-")
    assert 'filename="diwali.pdf"' in answer.headers["Content-Disposition"]
    for scale in (0.1, 2):
        asked = {"card_id": card["id"], "format": "pdf", "scale": scale}
        assert client.post(f"{CARDS}/export", json=asked, headers=member.headers).data.startswith(b"%PDF-")
    asked = {"card_id": card["id"], "format": "html"}
    answer = client.post(f"{CARDS}/export", json=asked, headers=member.headers)
    assert answer.get_data(as_text=True) == card["generated_html"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.one_database
def test_the_preflight_tells_what_would_not_come_out(client: FlaskClient, member: Person) -> None:
    code = """<style>@font-face{font-family:x;src:url(/f.woff2)} i{background:url("{{ back }}")}
    b{background:url(data:image/png;base64,x);mask:url(#m)}</style><img src="{{ back }}"><i>{{ message }}</i>
    <p style="background:url(&quot;/media/gone.png?w=9&quot;)">"""
    config = {"fields": [{"name": "back", "type": "image"}]}
    template = make_template(client, member, template_code=code, template_config=config)
    for address, broken in (("https://example.org/a.png", 3), ("/media/cards/none.png", 3)):
        card = make_card(client, member, template, message="a\ue123", values={"back": address})
        report = client.get(f"{CARDS}/{card['id']}/preflight", headers=member.headers).json
        assert (report["broken_images"], report["missing_characters"]) == (broken, "\ue123")


@pytest.mark.one_database
@pytest.mark.parametrize("told", ["public_url", "path"])
def test_an_uploaded_image_is_in_every_export(client: FlaskClient, member: Person, told: str) -> None:
    media = uploaded(client, member, encoded(picture(80, 80)), category="cards")
    url = media["public_url"] if told == "public_url" else f"/media/{media['object_key']}"
    code = """<style>body{margin:0} i,img{display:block;width:100px;height:50px}
    i{background:url({{ back }}?w=64) 0/100px 50px}</style>
    <img src="{{ custom_image_url }}"><i></i><p>{{ message }}"""
    config = {"width": 100, "height": 100, "fields": [{"name": "back", "type": "image"}]}
    template = make_template(client, member, template_code=code, template_config=config)
    words = f"See {url}"
    fields = {"custom_image_url": url, "values": {"back": url}, "message": words}
    card = make_card(client, member, template, **fields)
    report = client.get(f"{CARDS}/{card['id']}/preflight", headers=member.headers).json
    assert report["broken_images"] == 0
    for form in ("png", "html"):
        asked = {"card_id": card["id"], "format": form}
        answer = client.post(f"{CARDS}/export", json=asked, headers=member.headers)
        if form == "html":
            page = answer.get_data(as_text=True)
            assert page.count("data:image/jpeg;base64,") == 2
            assert page.count("/media/") == 1 and words in page, "words stay as they are"
        else:
            image = Image.open(io.BytesIO(answer.data)).convert("RGB")
            for y in (25, 75):
                red, _, blue = image.getpixel((25, y))
                assert red > 150 > blue, "the image's left half"


def test_wrong_exports(client: FlaskClient, member: Person, card: dict[str, Any]) -> None:
    asked = {"card_id": card["id"], "format": "gif", "size": "huge", "paper": "a4", "scale": 9, "bleed": 50}
    answer = client.post(f"{CARDS}/export", json=asked, headers=member.headers)
    assert places(answer) == {"/format", "/size", "/paper", "/scale", "/bleed"}
    large = {"card_id": card["id"], "format": "png", "width": 8000, "height": 8000}
    assert places(client.post(f"{CARDS}/export", json=large, headers=member.headers)) == {"/scale"}
    for name, value in {"scale": 2.1, "width": 100}.items():
        asked = {"card_id": card["id"], "format": "pdf", name: value}
        assert places(client.post(f"{CARDS}/export", json=asked, headers=member.headers)) == {f"/{name}"}


def test_without_a_browser_cards_are_made_and_exports_say_so(
    another_app: MakeApp, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("HOME", "/nowhere")
    client = another_app().test_client()
    card = make_card(client, member, make_template(client, member), message="word " * 600)
    asked = {"card_id": card["id"], "format": "png"}
    answer = client.post(f"{CARDS}/export", json=asked, headers=member.headers)
    assert (answer.status_code, answer.json["code"]) == (503, "renderer_unavailable")
    assert client.get(f"{CARDS}/{card['id']}", headers=member.headers).status_code == 200


# --- links ----------------------------------------------------------------------------------


def share(client: FlaskClient, member: Person, card: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return dict(made(client, f"/cards/{card['id']}/share", fields, member))


def path_of(link: dict[str, Any]) -> str:
    return str(link["share_url"]).split("8000", 1)[1]


def test_a_link_shows_the_card_and_nothing_else(
    client: FlaskClient, member: Person, card: dict[str, Any]
) -> None:
    """Case 17."""
    link = share(client, member, card)
    assert len(link["share_token"]) >= 22 and link["expires_at"] is None
    shared = client.get(f"{CARDS}/shared/{link['share_token']}").json
    assert (shared["message"], shared["generated_html"]) == (card["message"], card["generated_html"])
    assert not {"id", "user_id"} & shared.keys()
    as_token = {"Authorization": f"Bearer {link['share_token']}"}
    assert client.get(f"{CARDS}/my-cards", headers=as_token).status_code == 401
    found = client.get(f"{CARDS}/{card['id']}/shares", headers=member.headers).json["data"]
    assert [(each["id"], each["opens"], each["has_password"]) for each in found] == [(link["id"], 1, False)]
    url = f"{CARDS}/{card['id']}/shares/{link['id']}"
    assert client.delete(url, headers=member.headers).status_code == 204
    assert client.get(f"{CARDS}/shared/{link['share_token']}").status_code == 404


def test_links_end(
    client: FlaskClient,
    member: Person,
    admin: Person,
    card: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    twice = share(client, member, card, max_opens=2)["share_token"]
    assert [client.get(f"{CARDS}/shared/{twice}").status_code for _ in range(3)] == [200, 200, 404]
    assert client.put("/api/v1/admin/settings", json={"share_expiry": "7_days"}, headers=admin.headers)
    ends = datetime.fromisoformat(share(client, member, card)["expires_at"])
    assert timedelta(days=6) < ends - datetime.now(UTC) <= timedelta(days=7), "the admin's default"
    hour = share(client, member, card, expires_in=3600)["share_token"]
    assert client.get(f"{CARDS}/shared/{hour}").status_code == 200
    later = datetime.now(UTC) + timedelta(hours=2)
    monkeypatch.setattr(web, "utc_now", lambda: later)
    assert client.get(f"{CARDS}/shared/{hour}").status_code == 404
    assert client.get(f"{CARDS}/shared/{'x' * 32}").status_code == 404


def test_a_password(client: FlaskClient, member: Person, card: dict[str, Any]) -> None:
    link = share(client, member, card, password="lamps", max_opens=1)
    url, page = f"{CARDS}/shared/{link['share_token']}", path_of(link)
    for headers in ({}, {"X-Share-Password": "lamp"}):
        answer = client.get(url, headers=headers)
        assert (answer.status_code, answer.json["code"]) == (403, "share_password")
    assert b'type="password"' in client.get(page).data
    assert client.post(page, data={"password": "wrong"}).status_code == 403
    opened = client.post(page, data={"password": "lamps"})
    assert opened.status_code == 200 and "शुभ" in opened.get_data(as_text=True)
    assert client.get(url, headers={"X-Share-Password": "lamps"}).status_code == 404


def test_wrong_links(client: FlaskClient, member: Person, card: dict[str, Any]) -> None:
    body = {"expires_in": 1, "max_opens": 0, "password": "", "until": 1}
    answer = client.post(f"{CARDS}/{card['id']}/share", json=body, headers=member.headers)
    assert places(answer) == {"/expires_in", "/max_opens", "/password", "/until"}


def test_the_page_is_a_sandbox(app: Flask, another_app: MakeApp, client: FlaskClient, member: Person) -> None:
    """Case 37: without an origin of its own no script runs; with one it runs in a sandbox, there only."""
    hostile = "<script>fetch('/api/v1/users/me')</script><p>{{ message }}</p>"
    card = make_card(client, member, make_template(client, member, template_code=hostile))
    link = share(client, member, card)
    policy = client.get(path_of(link)).headers["Content-Security-Policy"]
    assert policy.startswith("sandbox; default-src 'none'") and "script-src" not in policy
    apart = another_app(content_origin="https://cards.example.org").test_client()
    there = apart.get(path_of(link), base_url="https://cards.example.org").headers["Content-Security-Policy"]
    assert there.startswith("sandbox allow-scripts; ") and "allow-same-origin" not in there
    assert apart.get(path_of(link)).headers["Content-Security-Policy"].startswith("sandbox; ")
    assert share(apart, member, card)["share_url"].startswith("https://cards.example.org/c/")


def test_the_pages_head_and_qr_code(client: FlaskClient, member: Person) -> None:
    title = '"><script>1</script>'
    card = make_card(client, member, make_template(client, member), title=title)
    link = share(client, member, card)
    page = client.get(path_of(link)).get_data(as_text=True)
    assert '<meta property="og:title" content="&quot;&gt;&lt;script&gt;' in page
    assert "<script>" not in page
    picture = client.get(f"{path_of(link)}/qr.svg")
    assert picture.headers["Content-Type"].startswith("image/svg+xml") and b"<path" in picture.data


def test_50_sharing_and_opening_at_once(
    app: Flask, client: FlaskClient, member: Person, card: dict[str, Any]
) -> None:
    """Two links of one moment are two links; of eight who open the last time that is left, one sees it."""
    url = f"{CARDS}/{card['id']}/share"
    links = at_once(app, *[post(url, member.headers, json={"max_opens": 1})] * 2)
    assert statuses(links) == {201: 2}
    for link in links:
        opened = at_once(app, *[get(f"{CARDS}/shared/{link.json['share_token']}")] * 8)
        assert statuses(opened) == {200: 1, 404: 7}
