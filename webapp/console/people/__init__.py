"""people in the console."""
