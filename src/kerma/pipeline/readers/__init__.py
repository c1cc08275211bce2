"""Who reads the studies of scanners without reports: one file each, found by importing this."""
