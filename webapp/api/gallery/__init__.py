"""``/designs``: the gallery."""
