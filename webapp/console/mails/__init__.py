"""Mails in the console: what was sent, and what they look like."""
