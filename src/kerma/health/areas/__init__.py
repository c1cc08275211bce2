"""What is looked at: one file each, found by importing this folder."""
