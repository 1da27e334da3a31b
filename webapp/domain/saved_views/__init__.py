"""Lists of the console as a person likes to see them: filters and order under a name."""
