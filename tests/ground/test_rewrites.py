"""The paths of older clients."""

from __future__ import annotations

import pytest

from webapp.rewrites import rewrite


@pytest.mark.parametrize(
    ("older", "present"),
    [
        ("/api/v1/design", "/api/v1/themes"),
        ("/api/v1/design/", "/api/v1/themes/"),
        ("/api/v1/design/3/activate", "/api/v1/themes/3/activate"),
        ("/api/design/active", "/api/v1/themes/active"),
        ("/api/designs", "/api/v1/designs"),
        ("/api/v1/designs/3", "/api/v1/designs/3"),
        ("/api/v1/css", "/themes/active.css"),
        ("/api/css/", "/themes/active.css"),
        ("/api/auth/login", "/api/v1/auth/login"),
        ("/api/v1", "/api/v1"),
        ("/api/v12/x", "/api/v1/v12/x"),
        ("/openapi.json", "/api/v1/openapi.json"),
        ("/console/themes", "/console/themes"),
        ("/themes/active.css", "/themes/active.css"),
        ("/", "/"),
    ],
)
def test_table(older: str, present: str) -> None:
    assert rewrite(older) == present


def test_rewriting_twice_changes_nothing_more() -> None:
    for path in ("/api/design/", "/api/v1/css", "/openapi.json", "/api/users/me"):
        assert rewrite(rewrite(path)) == rewrite(path)
