"""Irradiation events in, the absorbed dose to the skin out: a map over the surface of a body.

Lengths are in cm, doses in Gy. Axes lie in the table: x to the left of a patient who lies head
first and supine, y up, z to the head end; the origin is the middle of the head end of the table's
surface.
"""
