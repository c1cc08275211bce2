"""Kinds of alert rules: one file each."""
