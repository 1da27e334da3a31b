"""Bundles by API."""
