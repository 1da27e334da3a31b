"""Noticing that another process changed a stylesheet."""
