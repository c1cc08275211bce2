"""Coded concepts of the dose templates of PS3.16, by the family of template."""
