"""The picture that is drawn of a template: what it looks like, and who may see it."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from tests.api.greetings import make_template
from tests.api.media import run_jobs, stored
from tests.conftest import MakeUser, Person
from webapp.domain.cards.template_pictures import FOLDER

TEMPLATES = "/api/v1/templates"
DRAW = "cards.draw_template"
SIZED = {"width": 1080, "height": 1350}
BLUE = "<style>html{background:#0000ff}</style><p>{{ title }}</p>"


def path_of(url: str) -> str:
    return url[url.index("/t/") :]


@pytest.mark.one_database
def test_a_template_has_a_picture_for_those_who_see_it(
    app: Flask, client: FlaskClient, as_editor: FlaskClient, member: Person, make_user: MakeUser
) -> None:
    body = {"template_code": BLUE, "template_config": SIZED, "is_public": False}
    template = make_template(client, member, **body)
    url = f"{TEMPLATES}/{template['id']}"
    before = client.get(url, headers=member.headers)
    assert before.json["preview_image_url"] is None
    assert run_jobs(app, DRAW) == [(DRAW, "done")]

    shown = client.get(url, headers={**member.headers, "If-None-Match": before.headers["ETag"]})
    assert shown.status_code == 200, "who has the template without its picture is told"
    own = path_of(shown.json["preview_image_url"])
    answer = client.get(own)
    picture = Image.open(io.BytesIO(answer.data))
    assert (answer.content_type, picture.format, picture.size) == ("image/jpeg", "JPEG", (512, 640))
    red, green, blue = picture.convert("RGB").getpixel((256, 600))  # type: ignore[misc]
    assert (red < 20, green < 20, blue > 235) == (True, True, True)
    assert answer.headers["Cache-Control"].startswith("private")
    assert f'src="{own}"' in as_editor.get("/console/templates").get_data(as_text=True)

    assert client.get(url, headers=make_user("member").headers).status_code == 404
    _, _, signature, name = own.split("/")
    wrong = "A" if signature[0] != "A" else "B"
    [key] = [key for key in stored(app) if key.startswith(FOLDER)]
    for other in (
        f"/t/{wrong}{signature[1:]}/{name}",
        f"/t/é/{name}",
        f"/t/{signature}/x.jpg",
        f"/media/{key}",
    ):
        assert client.get(other).status_code == 404, other

    tag = {"If-Match": shown.headers["ETag"]}
    public = client.put(url, json={"is_public": True}, headers={**member.headers, **tag})
    assert public.status_code == 200, "no write concerns the picture"
    address = path_of(public.json["preview_image_url"])
    assert client.get(own).status_code == 404
    seen = client.get(address)
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "public, max-age=3600")
    assert client.get(address, headers={"If-None-Match": seen.headers["ETag"]}).status_code == 304
    assert client.get(TEMPLATES).json["data"][0]["preview_image_url"].endswith(address)
    client.put(url, json={"is_public": False}, headers=member.headers)
    assert client.get(address).status_code == 404, "it is nobody else's any more"


@pytest.mark.one_database
def test_the_picture_of_the_maker_is_answered(client: FlaskClient, member: Person) -> None:
    template = make_template(client, member, preview_image_url="https://example.org/own.png")
    assert template["preview_image_url"] == "https://example.org/own.png"
