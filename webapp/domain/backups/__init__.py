"""Keeping copies of everything: backups in one file each, restoring them, and moving to another database."""
