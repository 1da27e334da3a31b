"""Festivals in the console: words in languages, days by year, images, colours."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from tests.conftest import Person, post

FESTIVALS = "/console/festivals"
SENT = {
    "name": "Diwali",
    "is_active": "y",
    "calendar": "IN",
    "calendar_name": "Diwali",
    "colors": "#fde68a, rgb(10, 20, 30)",
    "default_message": "Light",
    "messages-0-language": "hi",
    "messages-0-message": "शुभ दीपावली",
}


def text(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@pytest.fixture
def url(as_editor: FlaskClient) -> str:
    answer = post(as_editor, f"{FESTIVALS}/new", SENT)
    assert answer.status_code == 303, text(answer)
    return str(answer.headers["Location"])


def read(client: FlaskClient, editor: Person, url: str) -> dict[str, Any]:
    return dict(client.get(f"/api/v1/festivals/{url.rsplit('/', 1)[1]}", headers=editor.headers).json or {})


def tag_of(page: str) -> str:
    found = re.search(r'name="tag"[^>]*value="([^"]+)"', page)
    assert found
    return found[1]


def test_words_and_colours(client: FlaskClient, as_editor: FlaskClient, editor: Person, url: str) -> None:
    made = read(client, editor, url)
    assert made["messages"] == {"hi": "शुभ दीपावली"}
    assert made["colors"] == ["#fde68a", "rgb(10, 20, 30)"]
    page = text(as_editor.get(url))
    assert "शुभ दीपावली" in page and "Calendar" in page
    more = text(post(as_editor, url, SENT | {"then": "add-message"}))
    assert 'name="messages-1-language"' in more
    changed = SENT | {"tag": tag_of(page), "messages-0-language": "", "messages-1-language": "ta"}
    assert post(as_editor, url, changed | {"messages-1-message": "ஒளி"}).status_code == 303
    assert read(client, editor, url)["messages"] == {"ta": "ஒளி"}
    stale = post(as_editor, url, SENT | {"tag": tag_of(page), "name": "Other"})
    assert stale.status_code == 412 and "Somebody else saved meanwhile" in text(stale)
    refused = post(as_editor, url, SENT | {"colors": "none-such", "calendar_name": "Nothing", "name": ""})
    assert (refused.status_code, text(refused).count('aria-invalid="true"')) == (422, 3)


def test_days_are_entered_over_the_calendars(
    client: FlaskClient, as_editor: FlaskClient, editor: Person, url: str
) -> None:
    def day() -> tuple[str, bool]:
        found = next(each for each in read(client, editor, url)["dates"] if each["year"] == 2028)
        return found["date_start"], found["is_manual"]

    known = day()
    assert known[1] is False
    sent = {"date_start": "2028-10-20", "date_end": "2028-10-21"}
    assert post(as_editor, f"{url}/dates", sent).status_code == 303
    assert day() == ("2028-10-20", True)
    assert "By hand" in text(as_editor.get(url))
    assert post(as_editor, f"{url}/dates/2028/forget").status_code == 303
    assert day() == known
    assert post(as_editor, f"{url}/dates/1999/forget").status_code == 404
    wrong = post(as_editor, f"{url}/dates", {"date_start": "2028-10-20", "date_end": "2028-10-01"})
    assert wrong.status_code == 422 and "Must be up to 60 days" in text(wrong)
    assert "शुभ दीपावली" in text(wrong)


def test_images_have_an_order_and_a_primary_one(
    client: FlaskClient, as_editor: FlaskClient, editor: Person, url: str
) -> None:
    for name in ("a", "b"):
        sent = {"image_url": f"festivals/2026/11/{name}.png", "alt_text": name}
        assert post(as_editor, f"{url}/images", sent).status_code == 303
    assert post(as_editor, f"{url}/images", {"image_url": "javascript:x"}).status_code == 422

    def images() -> list[tuple[str, bool]]:
        return [(each["alt_text"], each["is_primary"]) for each in read(client, editor, url)["images"]]

    assert read(client, editor, url)["images"][0]["image_url"].endswith("0/media/festivals/2026/11/a.png")
    page = text(as_editor.get(url))
    assert 'name="category" value="festivals"' in page and "data-image-field" in page
    ids = [each["id"] for each in read(client, editor, url)["images"]]
    assert images() == [("a", True), ("b", False)]

    def arrange(*order: str, **wish: str) -> None:
        assert post(as_editor, f"{url}/images/arrange", {"ids": list(order), **wish}).status_code == 303

    arrange(*ids, move=f"up-{ids[1]}")
    assert images() == [("b", False), ("a", True)]
    arrange(*ids, then=f"primary-{ids[1]}")
    assert images() == [("a", False), ("b", True)], "what stood on the page is the order"
    arrange(ids[1], str(UUID(int=7)))
    assert images() == [("b", True), ("a", False)]
    arrange("nonsense", *reversed(ids))
    arrange(*reversed(ids), then=f"remove-{ids[1]}")
    assert images() == [("a", True)]


def test_the_list_and_deletion(as_editor: FlaskClient, as_member: FlaskClient, url: str) -> None:
    assert "Diwali" in text(as_editor.get(f"{FESTIVALS}?q=diwali"))
    assert "Nothing matches" in text(as_editor.get(f"{FESTIVALS}?q=none"))
    assert as_member.get(FESTIVALS).status_code == as_member.get(url).status_code == 403
    page = text(as_editor.get(f"{url}/delete"))
    assert post(as_editor, f"{url}/delete", {"tag": tag_of(page)}).status_code == 303
    assert "No festivals yet" in text(as_editor.get(FESTIVALS))
