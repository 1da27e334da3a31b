"""Themes: documents of design tokens, compiled to stylesheets that pages link."""
