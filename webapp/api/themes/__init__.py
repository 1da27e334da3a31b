"""Themes by API: THEMES' flat shape, PORTFOLIO's colour scheme, revisions, palette, contrast, preview."""
