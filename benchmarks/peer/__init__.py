"""The peer: a plain FastAPI back end with design systems and tagged data, to measure Rangoli against."""
