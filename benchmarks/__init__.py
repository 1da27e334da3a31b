"""Rangoli measured side by side with a peer and with a bare route: ``make bench``. See ``docs/speed.md``."""
