"""Words that many entries have are found among those saved last, and alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from webapp.domain.content import search
from webapp.domain.content.commands import create_entry
from webapp.domain.content.content_types import DATA
from webapp.kernel.paging import PageRequest
from webapp.kernel.work import Work

WORDS = ("lamp oil café", "दिवाली की शुभकामनाएँ", "東京都庁 lampe", "Ёлка Straße oil", "السلام عليكم lamp")
QUESTIONS = (
    "oil lamp",
    "lam",
    "cafe lamp",
    "की दिवाली",
    "都庁 東京",
    "елка",
    "straße lamp",
    "عليكم",
    "none",
    "none oil",
)
MakeWork = Callable[..., Work]


@pytest.fixture
def many(work: MakeWork) -> Work:
    now = work()
    for number in range(30):
        create_entry(
            now, DATA, {"title": f"{WORDS[number % 5]} {number}", "content": {}}, draft=number % 7 == 0
        )
    return now


@pytest.mark.parametrize("question", QUESTIONS)
def test_looking_through_the_last_finds_what_the_index_finds(
    many: Work, question: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "RANKED_MAX", 4)

    def found(window: int) -> list[list[search.Candidate]]:
        monkeypatch.setattr(search, "WINDOW", window)
        wanted = list(dict.fromkeys(search.words(question)))
        return [search._candidates(many, DATA, wanted, draft=draft) for draft in (False, True)]

    by_index = found(0)
    assert found(29) == by_index
    assert found(60) == by_index


def test_common_words_need_no_index(many: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "RANKED_MAX", 4)
    monkeypatch.setattr(search, "_having_words", None)
    page = search.search_entries(many, DATA, "oil lamp", PageRequest())
    assert [view.document["title"][:8] for view in page.data] == ["lamp oil"] * 4
