"""Templates of cards in the console."""
