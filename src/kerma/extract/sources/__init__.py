"""Kinds of objects: one file each, found by importing this folder."""
