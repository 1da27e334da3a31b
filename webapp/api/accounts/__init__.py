"""Signing in by API, and people for admins."""
