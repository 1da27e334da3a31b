"""What webhooks may be told of: topics, and which events of the audit log belong to each."""

from __future__ import annotations

from dataclasses import dataclass

PING = "ping"
"""The type of the event that only says that it has arrived."""

_SHOWN = (
    *("create", "update", "restore", "publish", "unpublish", "settle_schedule"),
    *("trash", "take_back", "take_over"),
)
"""What changes which entries readers see; drafts do not."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A set of events that are subscribed to together."""

    name: str
    label: str
    hint: str
    path: str
    """Where the API has what the event is about, by its id."""
    types: frozenset[str]
    """``subject.verb``, as in the audit log."""


def _topic(name: str, label: str, hint: str, path: str, subject: str, *verbs: str) -> Topic:
    return Topic(name, label, hint, path, frozenset(f"{subject}.{verb}" for verb in verbs))


TOPICS = {
    topic.name: topic
    for topic in (
        _topic("data", "Data items", "Shown, changed or hidden", "/api/v1/data", "data", *_SHOWN),
        _topic("projects", "Projects", "Shown, changed or hidden", "/api/v1/projects", "projects", *_SHOWN),
        _topic(
            "experiences",
            "Experiences",
            "Shown, changed or hidden",
            "/api/v1/experiences",
            "experiences",
            *_SHOWN,
        ),
        _topic("designs", "Designs", "Shown, changed or hidden", "/api/v1/designs", "designs", *_SHOWN),
        _topic(
            "tags", "Tags", "Renamed, merged, deleted", "/api/v1/tags", "tag", "rename", "merge", "delete"
        ),
        _topic(
            *("themes", "Themes", "Made, published, put to use, deleted", "/api/v1/themes", "theme"),
            *("create", "publish", "activate", "take_over", "delete"),
        ),
        _topic(
            *("approvals", "Approvals", "People who register, are let in or turned away"),
            *("/api/v1/users", "user", "register", "approve", "reject"),
        ),
    )
}
"""By name, in the order of the console's navigation."""

TOPIC_OF = {type_: topic for topic in TOPICS.values() for type_ in topic.types}
