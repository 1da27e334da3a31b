"""Identity providers, through Authlib."""
