"""電子署名: whether cover sheets and letters can be signed, and that it can still be checked in forty years."""
