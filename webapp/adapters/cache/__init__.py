"""Answers kept ready, in groups that are dropped together."""
