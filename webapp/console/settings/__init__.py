"""settings in the console."""
