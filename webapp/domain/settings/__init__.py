"""Product settings that an admin changes while the system runs."""
