"""The blueprint that all pages of numbers hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("analytics", __name__, url_prefix="/analytics")
"""Analytics and reports in the console."""
