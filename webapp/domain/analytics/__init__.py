"""Numbers over all features, for those who look after them."""
