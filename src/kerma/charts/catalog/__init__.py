"""The charts there are: a line each, by modality."""
