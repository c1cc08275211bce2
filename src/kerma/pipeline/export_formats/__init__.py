"""Export formats that need the kept copies of objects, one file each."""
