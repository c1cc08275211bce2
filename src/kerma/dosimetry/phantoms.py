"""The phantoms that CTDIvol is given for (PS3.16 CID 4052)."""

PHANTOM_CM = {"113690": 16, "113691": 32}
"""IEC head and body dosimetry phantom: code -> diameter in cm."""

NO_PHANTOM = "The object does not say for which phantom its CTDIvol is, 16 or 32 cm."
