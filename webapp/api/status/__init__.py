"""The state of the installation by API."""
