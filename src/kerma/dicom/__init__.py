"""Reading and writing DICOM: data sets, structured report content, codes, units."""
