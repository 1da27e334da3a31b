"""themes in the console."""
