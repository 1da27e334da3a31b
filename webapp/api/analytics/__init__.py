"""``/admin/analytics``."""
