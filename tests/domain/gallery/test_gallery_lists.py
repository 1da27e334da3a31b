"""Finding designs: filters together, orders, search, facets, colours, and who sees what."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.conftest import Person
from tests.designs import add_design, add_image, draft_beside
from webapp.domain.content.commands import trash_entry
from webapp.domain.content.content_types import DESIGN
from webapp.domain.content.queries import get_entry, list_entries
from webapp.domain.content.trash import restore_entry
from webapp.domain.gallery.commands import arrange_featured, update_design
from webapp.domain.gallery.filters import DesignFilters
from webapp.domain.gallery.models import FACETS
from webapp.domain.gallery.projection import word
from webapp.domain.gallery.queries import (
    count_facets,
    count_featured,
    count_statuses,
    get_design,
    list_design_ids,
    list_designs,
)
from webapp.domain.media.models import Media
from webapp.domain.settings.commands import update_settings
from webapp.kernel.errors import Denied, Invalid, NotFound, Unauthenticated
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import ANONYMOUS, Work

Begin = Callable[..., Work]


def titles(work: Work, **filters: Any) -> list[str]:
    page = list_designs(work, PageRequest(), DesignFilters(**filters))
    assert page.total == len(page.data)
    return [view.entry.document["title"] for view in page.data]


@pytest.fixture
def shop(member: Person, editor: Person, work: Begin) -> Work:
    """Six designs that differ by one thing or another."""
    begun = work()
    for title, fields in (
        ("Red silk saree", {"style": "Banarasi", "fabric": "Silk", "colour": "Red", "season": "Winter"}),
        ("Blue cotton saree", {"style": "Handloom", "fabric": "Cotton", "colour": "Blue"}),
        ("Red cotton kurta", {"category": "Kurtas", "fabric": "cotton ", "colour": "RED"}),
        (
            "Bridal lehenga",
            {"category": "Lehengas", "fabric": "Silk", "colour": "Red", "occasion": "Wedding"},
        ),
        ("Plain dupatta", {"category": "Dupattas", "designer_name": "Loom", "collection_name": "Dawn"}),
    ):
        add_design(begun, title, **fields)
    add_design(begun, "Secret saree", status="draft", fabric="Silk")
    return begun


def test_filters_hold_together_and_pass_over_case(shop: Work) -> None:
    assert titles(shop, words={"fabric": "silk"}) == ["Bridal lehenga", "Red silk saree"]
    assert titles(shop, words={"fabric": "COTTON", "colour": "red"}) == ["Red cotton kurta"]
    every = {"category": "sarees", "style": "banarasi", "colour": "red", "fabric": "silk", "season": "winter"}
    assert titles(shop, words=every, q="saree", featured=False) == ["Red silk saree"]
    assert titles(shop, words={"designer_name": "loom", "collection_name": "dawn"}) == ["Plain dupatta"]
    assert titles(shop, words={"occasion": "none"}) == []


def test_search_finds_the_phrase_or_else_all_words_or_else_any(shop: Work) -> None:
    assert titles(shop, q="COTTON saree") == ["Blue cotton saree"]
    assert titles(shop, q="saree silk") == ["Red silk saree"]
    assert titles(shop, q="lehenga dupatta") == ["Plain dupatta", "Bridal lehenga"]
    assert titles(shop, q="cotton", words={"category": "kurtas"}) == ["Red cotton kurta"]
    assert titles(shop, q="absent") == []


def test_orders(shop: Work) -> None:
    newest = titles(shop)
    assert titles(shop, sort="oldest") == newest[::-1]
    assert titles(shop, sort="title") == sorted(newest, key=str.lower)
    ids = list_design_ids(shop, DesignFilters(sort="oldest"))
    for design_id in ids[1:4]:
        update_design(shop, design_id, {"featured": True})
    assert titles(shop, featured=True) == ["Bridal lehenga", "Red cotton kurta", "Blue cotton saree"]
    arrange_featured(shop, [ids[1], ids[3]])
    in_order = ["Blue cotton saree", "Bridal lehenga", "Red cotton kurta"]
    assert titles(shop, featured=True, sort="featured") == in_order
    assert titles(shop, sort="featured")[:3] == in_order
    update_design(shop, ids[1], {"title": "Indigo saree"})
    assert titles(shop, sort="featured")[0] == "Indigo saree", "a new revision keeps its place"


def test_pages_by_cursor_come_to_the_same_list(shop: Work) -> None:
    for sort in ("newest", "title", "featured", "most_viewed"):
        filters, found, after = DesignFilters(sort=sort), [], None
        while True:
            page = list_designs(shop, PageRequest(2, after=after), filters)
            found += [view.entry.document["title"] for view in page.data]
            if (after := page.next_after) is None:
                break
        assert found == titles(shop, sort=sort)


def test_facets_count_with_all_filters_but_their_own(shop: Work) -> None:
    facets = count_facets(shop, DesignFilters(words={"colour": "red", "fabric": "silk"}))
    counts = {name: {each.value: each.count for each in found} for name, found in facets.items()}
    assert counts["category"] == {"Lehengas": 1, "Sarees": 1}
    assert counts["colour"] == {"Red": 2}
    assert counts["fabric"] in ({"Silk": 2, "cotton": 1}, {"Silk": 2, "cotton ": 1})
    assert counts["style"] == {"Banarasi": 1} and counts["designer_name"] == {}
    assert count_facets(shop)["category"][0].value == "Sarees", "the commonest first"


@pytest.mark.parametrize(
    "names", ["fabric", "fabric colour", "category fabric colour", "style season colour fabric"]
)
def test_facets_are_what_lists_of_their_values_count(shop: Work, names: str) -> None:
    chosen = {
        "category": "sarees",
        "style": "banarasi",
        "colour": "red",
        "fabric": "silk",
        "season": "winter",
    }
    words = {name: chosen[name] for name in names.split()}
    facets = count_facets(shop, DesignFilters(words=words))
    assert any(facets[name] for name in words)
    for name in FACETS:
        every = {view.entry.document.get(name) for view in list_designs(shop, PageRequest()).data} - {None}
        counts = {word(text): len(titles(shop, words={**words, name: text})) for text in every}
        assert {word(each.value): each.count for each in facets[name]} == {
            w: n for w, n in counts.items() if n
        }


def test_flags_are_counted_with_all_filters_but_their_own(shop: Work, work: Begin, member: Person) -> None:
    oldest, other = list_design_ids(shop, DesignFilters(sort="oldest"))[:2]
    update_design(shop, oldest, {"featured": True})
    update_design(shop, other, {}, status="archived")

    def counted(begun: Work, **filters: Any) -> list[dict[str, int]]:
        asked = DesignFilters(**filters)
        found = (count_featured(begun, asked), count_statuses(begun, asked))
        return [{each.value: each.count for each in values} for values in found]

    assert counted(shop) == [{"false": 3, "true": 1}, {"published": 4}]
    silk = {"words": {"fabric": "silk"}}
    assert counted(shop, **silk, featured=True) == [{"false": 1, "true": 1}, {"published": 1}]
    assert counted(shop, status="all", q="saree") == [
        {"false": 2, "true": 1},
        {"published": 1, "draft": 1, "archived": 1},
    ]
    assert counted(shop, status="draft") == [{"false": 1}, {"published": 4, "draft": 1, "archived": 1}]
    with pytest.raises(Denied):
        counted(work(member.actor), status="all")


def test_near_colours_by_the_eye(work: Begin) -> None:
    begun = work()
    for title, *colors in (
        ("Crimson", "#dc143c"),
        ("Navy with red", "#000080", "#d2143c"),
        ("Navy", "#000080"),
        ("Pale", "#f8e0e6"),
    ):
        add_design(begun, title, r2_object_key=add_image(begun, *colors))
    add_design(begun, "No image")
    assert titles(begun, near_colour="#dc143c") == ["Crimson", "Navy with red"]
    assert titles(begun, near_colour="crimson", sort="newest") == ["Navy with red", "Crimson"]
    assert titles(begun, near_colour="#00007f") == ["Navy with red", "Navy"]
    assert titles(begun, near_colour="lime") == []
    with pytest.raises(Invalid):
        titles(begun, near_colour="no colour")


def test_drafts_archive_and_states_beside_are_for_editors(
    shop: Work, work: Begin, member: Person, editor: Person
) -> None:
    oldest = list_design_ids(shop, DesignFilters(sort="oldest"))[0]
    draft_beside(shop, oldest, title="Red silk saree, new", fabric="Satin")
    update_design(shop, list_design_ids(shop, DesignFilters())[0], {}, status="archived")
    reader = work(member.actor)
    assert titles(reader) == ["Bridal lehenga", "Red cotton kurta", "Blue cotton saree", "Red silk saree"]
    assert titles(reader, words={"fabric": "satin"}) == []
    for status in ("draft", "archived", "all"):
        with pytest.raises(Denied):
            titles(reader, status=status)
    desk = work(editor.actor)
    assert titles(desk, status="draft") == ["Secret saree"]
    assert titles(desk, status="archived") == ["Plain dupatta"]
    assert len(titles(desk, status="all")) == 6
    assert titles(desk, status="all", words={"fabric": "satin"}) == ["Red silk saree, new"]
    secret = list_design_ids(desk, DesignFilters(status="draft"))[0]
    assert get_design(desk, secret).status == "draft"
    with pytest.raises(NotFound):
        get_design(reader, secret)


def test_who_may_look_is_a_setting(shop: Work, work: Begin) -> None:
    def look() -> list[Any]:
        visitor = work(ANONYMOUS)
        design_id = list_design_ids(shop, DesignFilters())[0]
        return [
            titles(visitor),
            get_design(visitor, design_id),
            count_facets(visitor),
            get_entry(visitor, DESIGN, design_id),
            list_entries(visitor, DESIGN, PageRequest()).data,
        ]

    with pytest.raises(Unauthenticated):
        titles(work(ANONYMOUS))
    with pytest.raises(Unauthenticated):
        list_entries(work(ANONYMOUS), DESIGN, PageRequest())
    with pytest.raises(Unauthenticated):
        get_entry(work(ANONYMOUS), DESIGN, list_design_ids(shop, DesignFilters())[0])
    update_settings(shop, {"gallery_visibility": "public"})
    assert all(look())


def test_the_trash_hides_a_design_until_it_is_restored(shop: Work) -> None:
    first, before = list_design_ids(shop, DesignFilters())[0], titles(shop)
    trash_entry(shop, DESIGN, first)
    assert titles(shop) == before[1:] and len(titles(shop, status="all")) == 5
    restore_entry(shop, first)
    assert titles(shop) == before


def test_an_image_that_goes_leaves_its_designs(work: Begin) -> None:
    begun = work()
    key = add_image(begun, "#dc143c", alt_text="A saree")
    design_id = add_design(begun, r2_object_key=key)
    found = get_design(begun, design_id).image
    assert found is not None and found.alt_text == "A saree"
    begun.session.delete(begun.session.query(Media).filter_by(object_key=key).one())
    begun.session.flush()
    assert get_design(begun, design_id).image is None
