"""What was chosen, fetched: by C-MOVE, by C-GET, and what became of it."""
