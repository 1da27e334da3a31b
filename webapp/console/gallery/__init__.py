"""``/console/content/designs``: their own list, bulk actions and order; the rest is as for all content."""
