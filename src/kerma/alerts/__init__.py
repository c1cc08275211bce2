"""Alerts: what is compared with what, what became of it, and who is told."""
