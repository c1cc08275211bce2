"""Records in, DICOM objects out: the opposite of what extraction does, written apart from it."""
