"""Dose physics: pure functions of numbers, with tables of coefficients that name their source."""
