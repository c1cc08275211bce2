"""From an object that arrived to a stored study: the one place that knows both ends."""
