"""Who wants the objects that arrive: one file each, found by importing this folder."""
