"""Images that people upload: where they are, whose they are, and what is known of them."""
