"""Images: what people send is decoded in a process of its own, which may be ended at any moment."""
