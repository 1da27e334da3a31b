"""Bundles in the console."""
