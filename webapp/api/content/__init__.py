"""``/data``, ``/projects``, ``/experiences``, ``/tags``, ``/items`` and ``/content``."""
