"""Designs: content of its own type, with counters, favourites, and lists that find by every column."""
