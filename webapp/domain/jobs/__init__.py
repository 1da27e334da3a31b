"""Work that outlives a request: written beside the change that asks for it, done by a worker."""
