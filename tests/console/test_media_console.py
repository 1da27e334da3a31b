"""The media library in the console."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.media import stored
from tests.conftest import csrf_token, post
from tests.designs import add_design, add_image
from tests.pictures import encoded, picture
from webapp.domain.media.models import Media
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.work import SYSTEM, Work

LIBRARY = "/console/media"


@pytest.fixture
def images(app: Flask) -> list[str]:
    """Two images, the first of which a design uses."""
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        keys = [add_image(work, "#b91c1c", filename="used.jpg"), add_image(work, filename="free.jpg")]
        add_design(work, "Red saree", r2_object_key=keys[0])
        db.session.commit()
        db.session.remove()
    return keys


def upload(client: FlaskClient, *files: tuple[bytes, str], **headers: str) -> Any:
    form = {
        "csrf_token": csrf_token(client),
        "category": "designs",
        "files": [(io.BytesIO(data), name) for data, name in files],
    }
    return client.post(f"{LIBRARY}/upload", data=form, headers=headers)


def text(client: FlaskClient, url: str) -> str:
    return client.get(url, follow_redirects=True).get_data(as_text=True)


def test_several_files_come_in_with_errors_by_file(
    app: Flask, as_editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 2000)  # of all other forms
    large = encoded(picture(64, 64, seed=3), "PNG", compress_level=0)
    answer = upload(as_editor, (large, "large.png"), (b"no image", "fake.jpg"))
    page = text(as_editor, answer.headers["Location"])
    assert "1 image is in the library." in page and "fake.jpg: Send a JPEG, PNG" in page
    assert "large.png" in page and "No description" in page and len(stored(app)) == 1


def test_scripts_are_answered_for_one_file(
    app: Flask, as_editor: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = upload(as_editor, (encoded(picture()), "photo.jpg"), Accept="application/json")
    assert good.status_code == 201 and good.json["object_key"] in good.json["card"]
    bad = upload(as_editor, (b"no image", "fake.jpg"), Accept="application/json")
    assert bad.status_code == 422 and bad.json["name"] == "fake.jpg" and "JPEG" in bad.json["error"]
    monkeypatch.setitem(app.config, "MAX_FILE_SIZE", 1000)
    noise = encoded(picture(64, 64, seed=7), "PNG", compress_level=0)
    large = upload(as_editor, (noise, "large.png"), Accept="application/json")
    assert large.json["error"] == "The file is too large." and len(stored(app)) == 1


def test_filters_and_views(as_editor: FlaskClient, images: list[str]) -> None:
    for query, names in (
        ("", {"used.jpg", "free.jpg"}),
        ("?show=unused", {"free.jpg"}),
        ("?q=use&view=list", {"used.jpg"}),
        ("?color=%23b91c1c", {"used.jpg"}),
        ("?since=2999-01-01", set()),
        ("?tag=none&until=x&color=red&category=y", set()),
    ):
        page = text(as_editor, f"{LIBRARY}{query}")
        assert {name for name in ("used.jpg", "free.jpg") if name in page} == names, query
    picked = text(as_editor, f"{LIBRARY}/picker?q=free")
    assert f'data-pick="{images[1]}"' in picked and "<html" not in picked


def test_what_is_known_of_an_image(app: Flask, as_editor: FlaskClient, images: list[str]) -> None:
    url = f"{LIBRARY}/image/{images[0]}"
    page = text(as_editor, url)
    assert "Nobody has said what this image shows" in page and "Red saree" in page
    tag = page.split('name="tag" type="hidden" value="')[1].split('"')[0]
    fields = {"alt_text": "A red saree", "tags": "Silk, New", "focal_x": "12.5", "focal_y": "80", "tag": tag}
    assert post(as_editor, url, fields).status_code == 303
    with app.app_context():
        media = db.session.query(Media).filter_by(object_key=images[0]).one()
        assert (media.alt_text, media.tags) == ("A red saree", ["new", "silk"])
        assert (media.focal_x, media.focal_y) == (0.125, 0.8)
        db.session.remove()
    assert post(as_editor, url, fields).status_code == 412, "somebody else was faster"
    assert post(as_editor, url, {**fields, "focal_x": "101"}).status_code == 422


def test_deleting_warns_of_uses(as_editor: FlaskClient, images: list[str]) -> None:
    used, free = (f"{LIBRARY}/delete/{key}" for key in images)
    assert "It is used by one thing" in text(as_editor, used) and "It is used" not in text(as_editor, free)
    form = {"ids": images, "action": "delete"}
    asked = post(as_editor, LIBRARY, form)
    assert asked.status_code == 200 and "One of them is used" in asked.get_data(as_text=True)
    assert len(text(as_editor, LIBRARY).split('"media-card"')) == 3, "nothing is gone yet"
    assert post(as_editor, LIBRARY, {**form, "ids": images[:1], "confirmed": "1"}).status_code == 303
    assert post(as_editor, free).status_code == 303
    assert "No images yet" in text(as_editor, LIBRARY)


def test_tagging_many(as_editor: FlaskClient, images: list[str]) -> None:
    form = {"action": "tag", "all_matching": "1", "confirmed": "1", "tags": "Spring, silk"}
    assert post(as_editor, f"{LIBRARY}?q=jpg", form).status_code == 303
    page = text(as_editor, f"{LIBRARY}?tag=spring&view=list")
    assert "used.jpg" in page and "free.jpg" in page
    assert post(as_editor, f"{LIBRARY}?q=jpg", {**form, "tags": "x" * 65}).status_code == 422
    assert "Select at least one" in post(as_editor, LIBRARY, {"action": "tag"}, follow_redirects=True).text


def test_a_theme_from_a_photo_is_seen_before_it_is_kept(as_editor: FlaskClient, images: list[str]) -> None:
    url = f"/console/themes/from-photo/{images[0]}"
    assert url in text(as_editor, f"{LIBRARY}/image/{images[0]}")
    page = text(as_editor, url)
    assert f"/media/{images[0]}" in page and "#b91c1c" in page and "Nothing is kept yet" in page
    assert post(as_editor, url, {"name": "", "lead": "#b91c1c"}).status_code == 422
    assert post(as_editor, url, {"name": "Red", "lead": "#000000"}).status_code == 422
    kept = post(as_editor, url, {"name": "From a saree", "lead": "#b91c1c"})
    assert kept.status_code == 303 and "From a saree" in text(as_editor, kept.headers["Location"])
    assert post(as_editor, f"/console/themes/from-photo/{images[1]}").status_code == 409
