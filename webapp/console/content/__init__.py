"""content in the console."""
