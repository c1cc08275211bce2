"""Kinds of chart: what is made of the cases, one file each."""
