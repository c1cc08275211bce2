"""Dose screens of invented studies, drawn in the layouts of scanners that cannot report."""
