"""Requests that are sent again because their answer was lost."""
