"""Product settings by API."""
