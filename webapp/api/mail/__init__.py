"""Mails by API."""
