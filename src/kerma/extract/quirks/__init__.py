"""Faults of devices and their repair: one file a vendor, found by importing this folder."""
