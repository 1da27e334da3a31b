"""Where mails go, and how they are made from templates."""
