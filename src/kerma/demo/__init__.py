"""A synthetic hospital: invented studies as DICOM objects, and what is true of them.

Everything is drawn from tables (`data/*.toml`) by a seed. Each object is drawn as a record first
and written from it, so that it is known what a reader must find.
"""

from kerma.demo.files import write_objects
from kerma.demo.hospital import DemoObject, DemoStudy, Truth, broken_study, draw_studies
from kerma.demo.tables import institutions

__all__ = [
    "DemoObject",
    "DemoStudy",
    "Truth",
    "broken_study",
    "draw_studies",
    "institutions",
    "write_objects",
]
