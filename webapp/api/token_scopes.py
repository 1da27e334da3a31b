"""Which scope of an API token a route needs: by the beginning of its path, and whether it writes."""

from __future__ import annotations

from webapp.web import SAFE_METHODS

FEATURES = (
    ("users/me/tokens", None),
    ("users/me/password", None),
    ("users/me/linked-accounts", None),
    ("users/me/export", None),
    ("users/me", "account"),
    ("users/profile", "account"),
    ("auth/me", "account"),
    ("users/collections", "cards"),
    ("users", "people"),
    ("admin/users", "people"),
    ("admin", "admin"),
    *((name, "admin") for name in ("utils", "jobs", "password-recovery-html-content")),
    ("themes", "themes"),
    *((name, "content") for name in ("content", "data", "projects", "experiences", "tags", "items", "kinds")),
    *((name, "gallery") for name in ("designs", "upload")),
    *((name, "cards") for name in ("festivals", "templates", "cards")),
)
"""The first beginning that fits counts. What is not named here, or for nothing, no token opens."""


def scope_of(path: str, method: str) -> str | None:
    """The scope that ``path`` under ``/api/v1`` needs; None where a token opens nothing."""
    rest = path.removeprefix("/api/v1/").rstrip("/") + "/"
    feature = next((feature for start, feature in FEATURES if rest.startswith(start + "/")), None)
    return feature and f"{feature}:{'read' if method in SAFE_METHODS else 'write'}"
