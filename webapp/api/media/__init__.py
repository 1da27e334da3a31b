"""Images by API: uploads through this server and straight to storage."""
