"""The audit log by API."""
