"""Webhooks: other machines are told of changes, so that static sites rebuild."""
