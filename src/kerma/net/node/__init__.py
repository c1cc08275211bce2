"""A node of the DICOM network: where it is, how it is asked, what can go wrong with it."""
