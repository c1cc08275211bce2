"""How the scanners of one maker lay out their dose screens: one file each, found by importing."""
