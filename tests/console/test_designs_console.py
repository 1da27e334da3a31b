"""Designs in the console: the list with its facets, actions on many, the editor, the order."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import post
from tests.designs import add_design, add_image, design
from webapp.console.analytics.charts import chart_of, round_top
from webapp.domain.gallery.filters import ALL, DesignFilters
from webapp.domain.gallery.queries import list_designs
from webapp.extensions import db
from webapp.kernel.clock import utc_now
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import SYSTEM, Work

DESIGNS = "/console/content/designs"
Read = Callable[..., list[tuple[str, str]]]


@pytest.fixture
def ids(app: Flask) -> list[int]:
    with app.app_context():
        work = Work(db.session(), SYSTEM, utc_now())
        key = add_image(work, "#b91c1c", alt_text="A red cloth")
        made = [
            add_design(work, "Red saree", fabric="Silk", r2_object_key=key, featured=True),
            add_design(work, "Blue kurta", fabric="Cotton", category="Kurtas", featured=True),
            add_design(work, "Secret saree", fabric="Silk", status="draft"),
        ]
        db.session.commit()
        db.session.remove()
    return made


@pytest.fixture
def rows(app: Flask) -> Read:
    """The designs of a list as they are now: title and status."""

    def read(**filters: object) -> list[tuple[str, str]]:
        with app.app_context():
            work = Work(db.session(), SYSTEM, utc_now())
            page = list_designs(
                work, PageRequest(), DesignFilters(**{"status": ALL, "sort": "oldest"} | filters)
            )
            found = [(view.entry.document["title"], view.status) for view in page.data]
            db.session.remove()
        return found

    return read


def text(client: FlaskClient, url: str = DESIGNS) -> str:
    return client.get(url, follow_redirects=True).get_data(as_text=True)


def test_the_list_narrows_by_every_facet(as_editor: FlaskClient, ids: list[int]) -> None:
    page = text(as_editor)
    assert all(title in page for title in ("Red saree", "Blue kurta", "Secret saree", "Missing image"))
    assert '<span>Silk</span><span class="facet-count">2</span>' in page and 'alt="A red cloth"' in page
    for query, titles in (
        ("fabric=silk", {"Red saree", "Secret saree"}),
        ("fabric=silk&status=draft", {"Secret saree"}),
        ("near_colour=%23b91c1c", {"Red saree"}),
        ("q=kurta&category=Kurtas", {"Blue kurta"}),
        ("season=winter", set()),
        ("featured=false", {"Secret saree"}),
        ("status=x&sort=x&near_colour=x", {"Red saree", "Blue kurta", "Secret saree"}),
    ):
        page = text(as_editor, f"{DESIGNS}?{query}")
        assert {t for t in ("Red saree", "Blue kurta", "Secret saree") if f">{t}<" in page} == titles, query


def test_actions_on_many(as_editor: FlaskClient, ids: list[int], rows: Read) -> None:
    asked = post(as_editor, DESIGNS, {"action": "edit", "ids": ids})
    assert asked.status_code == 200 and "Change 3 designs?" in asked.text
    assert post(as_editor, DESIGNS, {"action": "edit", "ids": ids, "confirmed": "1"}).status_code == 422
    everything = {"action": "edit", "all_matching": "1", "confirmed": "1", "season": "Winter"}
    assert post(as_editor, f"{DESIGNS}?fabric=silk", everything).status_code == 303
    assert rows(words={"season": "winter"}) == [("Red saree", "published"), ("Secret saree", "draft")]
    post(as_editor, DESIGNS, {"action": "publish", "ids": ids[2:]})
    post(as_editor, DESIGNS, {"action": "archive", "ids": ids[:1], "confirmed": "1"})
    post(as_editor, DESIGNS, {"action": "unfeature", "ids": ids[:2]})
    assert rows() == [("Red saree", "archived"), ("Blue kurta", "published"), ("Secret saree", "published")]
    assert rows(featured=True) == []
    refused = post(as_editor, DESIGNS, {"action": "trash", "ids": [ids[0], 999], "confirmed": "1"})
    assert refused.status_code == 409 and "One design is as it was" in refused.text and len(rows()) == 2
    nothing = post(as_editor, DESIGNS, {"action": "publish"}, follow_redirects=True)
    assert "Select at least one" in nothing.text


def test_the_editor_has_the_picture_and_the_words_of_others(
    app: Flask, as_editor: FlaskClient, ids: list[int], rows: Read
) -> None:
    page = text(as_editor, f"{DESIGNS}/new")
    assert 'id="image-picker"' in page and '<option value="Silk">' in page and "As an app shows it" in page
    fields = {name: value for name, value in design("Green stole").items() if isinstance(value, str)}
    assert post(as_editor, f"{DESIGNS}/new", {**fields, "r2_object_key": "../x"}).status_code == 422
    refused = post(as_editor, f"{DESIGNS}/new", {**fields, "then": "publish"})
    assert refused.status_code == 422 and "no image under this key" in refused.get_data(as_text=True)
    page = text(as_editor, f"{DESIGNS}/entry/{ids[1]}")
    assert "Missing image" in page and "no image under this key" not in page
    assert "As the API answers it" not in page, "which nobody is answered without a token"
    with app.app_context():
        fields["r2_object_key"] = key = add_image(Work(db.session(), SYSTEM, utc_now()), "#14532d")
        db.session.commit()
        db.session.remove()
    made = post(as_editor, f"{DESIGNS}/new", {**fields, "featured": "true", "then": "publish"})
    assert made.status_code == 303 and rows(featured=True)[-1] == ("Green stole", "published")
    page = text(as_editor, made.headers["Location"])
    assert f'src="/media/{key}?w=320"' in page and "Missing image" not in page
    assert '<option selected value="true">Yes' in page


def test_the_order_of_featured_designs(as_editor: FlaskClient, ids: list[int], rows: Read) -> None:
    url = f"{DESIGNS}/featured"
    order = {"featured": True, "sort": "featured"}
    assert post(as_editor, url, {"ids": ids[:2]}).status_code == 303
    assert [title for title, _ in rows(**order)] == ["Red saree", "Blue kurta"]
    post(as_editor, url, {"ids": ids[:2], "move": f"up-{ids[1]}"})
    assert [title for title, _ in rows(**order)] == ["Blue kurta", "Red saree"]
    post(as_editor, url, {"ids": ids[1::-1], "move": f"up-{ids[1]}"})
    page = text(as_editor, url)
    assert page.index("Blue kurta") < page.index("Red saree") and "Secret saree" not in page


def test_analytics_as_charts_and_tables(as_admin: FlaskClient, ids: list[int]) -> None:
    page = text(as_admin, "/console/analytics?days=7")
    assert page.count('class="chart-picture"') == 6 and page.count('<tr><th scope="row">') >= 42
    assert "2 published" in page and "Kurtas" in page and "1 admin<" in page
    assert "Analytics" in text(as_admin, "/console/analytics?days=x")


def test_bars_stand_on_round_numbers() -> None:
    assert [round_top(n) for n in (0, 4, 5, 9, 21, 41, 81, 1000)] == [4, 4, 8, 20, 40, 80, 200, 2000]
    today = utc_now().date()
    chart = chart_of([(today, 2), (today, 4)])
    assert [bar.height for bar in chart.bars] == [100, 200] and chart.total == 6
    assert [number for _, number in chart.lines] == [0, 2, 4] and chart_of([]).bars == []
