"""Differences of revisions."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.domain.content.diff import FieldChange, Kind, diff


@pytest.mark.parametrize(
    ("before", "after", "changes"),
    [
        ({}, {}, []),
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {"a": 2}, [FieldChange("/a", Kind.CHANGED, 1, 2)]),
        ({"a": None}, {}, [FieldChange("/a", Kind.REMOVED, None)]),
        ({}, {"a": None}, [FieldChange("/a", Kind.ADDED, after=None)]),
        ({"a": 1}, {"a": True}, [FieldChange("/a", Kind.CHANGED, 1, True)]),
        (
            {"a": {"b": {"c": 1, "d": 2}}},
            {"a": {"b": {"c": 3, "d": 2}}},
            [FieldChange("/a/b/c", Kind.CHANGED, 1, 3)],
        ),
        ({"a": [1, 2]}, {"a": [2, 1]}, [FieldChange("/a", Kind.CHANGED, [1, 2], [2, 1])]),
        ({"a": {}}, {"a": []}, [FieldChange("/a", Kind.CHANGED, {}, [])]),
        ({"a/b": {"c~d": 1}}, {"a/b": {"c~d": 2}}, [FieldChange("/a~1b/c~0d", Kind.CHANGED, 1, 2)]),
    ],
)
def test_diff(before: dict[str, Any], after: dict[str, Any], changes: list[FieldChange]) -> None:
    found = list(diff(before, after))
    assert [(c.pointer, c.kind, repr(c.before), repr(c.after)) for c in found] == [
        (c.pointer, c.kind, repr(c.before), repr(c.after)) for c in changes
    ]
