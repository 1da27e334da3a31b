"""Where hits of rate limits are counted."""
