"""Choosing a content coding (RFC 9110, section 12.5.3)."""

from __future__ import annotations

from functools import lru_cache

CODINGS = ("br", "zstd", "gzip")
"""The codings that stylesheets are kept in, smallest first."""


@lru_cache(maxsize=256)
def choose_coding(accept_encoding: str) -> str | None:
    """The best of our codings that the header allows; None for the plain bytes."""
    weights = {}
    for part in accept_encoding.lower().split(","):
        name, _, parameter = part.strip().partition(";")
        try:
            weights[name.strip()] = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    any_other = weights.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: weights.get(coding, any_other))
    weight = weights.get(best, any_other)
    return best if weight > 0 and weight >= weights.get("identity", 0.0) else None
