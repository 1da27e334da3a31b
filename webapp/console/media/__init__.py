"""``/console/media``: the media library."""
