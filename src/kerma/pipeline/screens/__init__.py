"""Dose screens that arrive: collected by study, read, believed or shown to a person, stored."""
