"""``/console/analytics``: numbers over all features."""
