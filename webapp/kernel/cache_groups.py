"""What may be kept ready, for how long, under which names; docs/operation.md says what drops each."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class CacheGroup:
    """Answers that are dropped together; ``lifetime`` is in seconds."""

    name: str
    lifetime: int

    def of(self, key: object) -> CacheGroup:
        """The group of one user, category or day."""
        return replace(self, name=self.name.format(key))


FESTIVALS = CacheGroup("festivals:list", 60 * 60)
FEATURED_TEMPLATES = CacheGroup("templates:featured", 15 * 60)
TRENDING_TEMPLATES = CacheGroup("templates:trending", 5 * 60)
TEMPLATE_CATEGORIES = CacheGroup("templates:categories", 60 * 60)
TEMPLATES_OF_CATEGORY = CacheGroup("templates:category:{}", 30 * 60)
FACETS_OF_DESIGNS = CacheGroup("designs:facets", 60)
ANALYTICS_OF_DAY = CacheGroup("analytics:daily:{}", 24 * 60 * 60)
