"""People: who they are, whether they are approved, and how they sign in."""
