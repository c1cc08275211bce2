"""Doses of the past: by hand or from a CSV list, into studies that are marked as such."""
