"""Pictures of dose tables in, typed tables out, with every doubt said; never a guess.

Numbers in boxes are pixels from the top left corner of the picture. No DICOM and no database here:
pictures come as arrays, glyphs as sets.
"""
