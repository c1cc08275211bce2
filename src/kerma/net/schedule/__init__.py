"""Queries that repeat: the hours they may, when they are due, and the process that starts them."""
