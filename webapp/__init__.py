"""Rangoli: a self-hosted back end for sites and apps that have a look, content and people."""

import atexit
import gc

__version__ = "0.1.0"

# Python's 700 new objects are soon made: a start spent a fifth of its time looking for garbage among code.
gc.set_threshold(50_000, 20, 20)
# Nor does a process that ends look through all of it once more: that took as long as half of its start.
atexit.register(gc.freeze)
