"""Backups in the console."""
