"""Changing product settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Mapping
from typing import Any

from webapp.domain.audit.events import differences, record
from webapp.domain.settings.models import AppSetting
from webapp.domain.settings.queries import all_settings, settings_tag
from webapp.domain.settings.registry import BY_KEY, problem_with
from webapp.kernel.db import lock
from webapp.kernel.errors import FieldError, Invalid
from webapp.kernel.work import Work, check_unchanged, require

Consequence = Callable[[Work], None]
_consequences: defaultdict[str, list[Consequence]] = defaultdict(list)


def when_changed(key: str) -> Callable[[Consequence], Consequence]:
    """Have a feature above act, or refuse, when the setting ``key`` has got another value."""

    def register(act: Consequence) -> Consequence:
        _consequences[key].append(act)
        return act

    return register


def update_settings(
    work: Work, changes: Mapping[str, Any], *, expected: Container[str] | None = None
) -> dict[str, Any]:
    """Change the settings that are named and answer all of them. Admins only."""
    require(work.actor, work.actor.is_admin)
    lock(work.session, "settings")
    check_unchanged(settings_tag(all_settings(work.session)), expected)
    errors = []
    for key, value in changes.items():
        if key not in BY_KEY:
            errors.append(FieldError(f"/{key}", "This field is not known.", "unknown_field"))
        elif problem := problem_with(BY_KEY[key], value):
            errors.append(FieldError(f"/{key}", *problem))
    if errors:
        raise Invalid(errors)
    before = all_settings(work.session)
    for key, value in changes.items():
        row = work.session.get(AppSetting, key)
        if row is None:
            row = AppSetting(key=key, created_at=work.now)
            work.session.add(row)
        row.value = value.strip() if isinstance(value, str) else value
        row.updated_at = work.now
    work.session.flush()
    after = all_settings(work.session)
    changed = differences(before, after)
    record(work, "settings.update", "settings", changed)
    for act in (act for key in changed for act in _consequences[key]):
        act(work)
    return after
