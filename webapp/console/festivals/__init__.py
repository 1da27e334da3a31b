"""Festivals in the console."""
