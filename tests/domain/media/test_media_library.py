"""Finding images by what is known of them, what uses them, and actions on many."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.conftest import Person
from tests.designs import add_design, add_image, draft_beside
from webapp.domain.accounts.models import User
from webapp.domain.cards.cards import draft_card, keep_card
from webapp.domain.cards.festivals import add_image as add_festival_image
from webapp.domain.cards.festivals import create_festival
from webapp.domain.cards.templates import create_template
from webapp.domain.content.commands import create_entry, trash_entry
from webapp.domain.content.content_types import DATA, DESIGN
from webapp.domain.media.commands import act_on_media, delete_media, update_media
from webapp.domain.media.queries import MediaFilters, count_missing_alt_texts, list_media, list_tags
from webapp.domain.media.uses import used_keys, uses_of
from webapp.kernel.errors import Conflict, Invalid, NotFound
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work

Begin = Callable[..., Work]


def found(work: Work, **filters: Any) -> list[str]:
    page = list_media(work, PageRequest(), MediaFilters(**filters))
    assert page.total == len(page.data)
    return sorted(media.filename for media in page.data)


def test_every_filter(member: Person, work: Begin) -> None:
    begun = work()
    old = begun.now - timedelta(days=9)
    red = add_image(begun, "#b91c1c", filename="red.jpg", alt_text="A red cloth", tags=["cloth", "रेशम"])
    add_image(begun, "#1f3a78", "#c01f20", filename="blue.jpg", category="cards", created_at=old)
    add_image(begun, filename="grey.jpg", owner_id=member.id)
    assert found(begun) == ["blue.jpg", "grey.jpg", "red.jpg"]
    assert found(begun, q="RED") == found(begun, tag="Cloth") == found(begun, tag="रेशम") == ["red.jpg"]
    assert found(begun, near_colour="#b81b1d") == ["blue.jpg", "red.jpg"]
    assert found(begun, near_colour="#b81b1d", category="cards") == ["blue.jpg"]
    assert found(begun, created_after=begun.now) == ["grey.jpg", "red.jpg"]
    assert found(begun, created_before=begun.now) == ["blue.jpg"]
    assert found(begun, missing_alt_text=True) == ["blue.jpg", "grey.jpg"]
    assert count_missing_alt_texts(begun) == 2 and list_tags(begun) == ["cloth", "रेशम"]
    add_design(begun, r2_object_key=red)
    assert found(begun, unused=True) == ["blue.jpg", "grey.jpg"]
    assert found(begun, unused=True, category="cards") == ["blue.jpg"]
    first = list_media(begun, PageRequest(1), MediaFilters(unused=True))
    rest = list_media(begun, PageRequest(1, after=first.next_after), MediaFilters(unused=True))
    assert [media.filename for page in (first, rest) for media in page.data] == ["grey.jpg", "blue.jpg"]
    assert first.total == 2 and rest.next_after is None
    assert found(work(member.actor)) == ["grey.jpg"], "others' images are none of a member's business"


def test_every_feature_tells_its_uses(editor: Person, work: Begin) -> None:
    begun = work(editor.actor)
    design, draft, data, festival, template, card, avatar = (add_image(begun) for _ in range(7))
    beside = add_design(begun, "Saree", r2_object_key=design)
    draft_beside(begun, beside, r2_object_key=draft)
    create_entry(begun, DATA, {"title": "Banner", "content": {"a": [{"b": f"/media/{data}?w=320"}]}})
    made = create_festival(begun, {"name": "Diwali"})
    add_festival_image(begun, made.id, {"image_url": f"/media/{festival}"})
    lamps = create_template(begun, {"name": "Lamps", "template_code": f'<img src="/media/{template}">'})
    wishes = {"template_id": str(lamps.id), "title": "Wishes", "custom_image_url": f"/media/{card}"}
    keep_card(begun, draft_card(begun, wishes), {})
    begun.session.get_one(User, editor.id).profile_image_url = f"http://localhost/media/{avatar}"
    begun.session.flush()
    told = {
        key: [(use.kind, use.label) for use in uses_of(begun.session, key)]
        for key in begun.session.scalars(used_keys(begun.session))
    }
    assert told == {
        design: [("designs", "Saree")],
        draft: [("designs", "Saree")],
        data: [("data", "Banner")],
        festival: [("festival", "Diwali")],
        template: [("template", "Lamps"), ("card", "Wishes")],
        card: [("card", "Wishes")],
        avatar: [("user", editor.username)],
    }
    assert uses_of(begun.session, add_image(begun)) == []


def test_only_what_nothing_holds_is_deleted_unasked(member: Person, editor: Person, work: Begin) -> None:
    begun, own = work(), work(member.actor)
    avatar = add_image(begun, owner_id=member.id, category="avatars")
    begun.session.get_one(User, member.id).profile_image_url = f"http://localhost/media/{avatar}"
    design, card = add_image(begun), add_image(begun, owner_id=member.id, category="cards")
    design_id = add_design(begun, "Saree", r2_object_key=design)
    create_template(begun, {"name": "Lamps", "template_code": f'<img src="/media/{card}">'})
    delete_media(own, avatar, even_if_used=False)
    with pytest.raises(Conflict) as refused:
        delete_media(own, card, even_if_used=False)
    assert refused.value.errors == () and "template" in refused.value.detail, "names are for editors"
    with pytest.raises(Conflict) as refused:
        delete_media(begun, design, even_if_used=False)
    assert [error.detail for error in refused.value.errors] == [f"designs {design_id}: Saree"]
    trash_entry(begun, DESIGN, design_id)
    delete_media(begun, design, even_if_used=False)
    assert len(found(begun)) == 1


def test_actions_on_many_tell_what_failed(member: Person, work: Begin) -> None:
    begun = work()
    one, other = add_image(begun, owner_id=member.id), add_image(begun)
    assert [r.error for r in act_on_media(begun, "tag", [one, other], ["New", "new ", "Silk"])] == [
        None,
        None,
    ]
    assert act_on_media(begun, "untag", [one], ["silk"])[0].error is None
    assert list_tags(work(member.actor)) == ["new"]
    results = act_on_media(work(member.actor), "delete", [one, other])
    assert {r.object_key: type(r.error) for r in results} == {one: type(None), other: NotFound}
    assert len(found(begun)) == 1
    with pytest.raises(Invalid):
        act_on_media(begun, "tag", [other], ["x" * 65])
    with pytest.raises(Invalid):
        update_media(begun, other, {"tags": [str(number) for number in range(21)]})
