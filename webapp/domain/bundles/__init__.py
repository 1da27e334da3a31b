"""The portable bundle: what an installation shows, in one file, for another installation."""
