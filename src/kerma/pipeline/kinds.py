"""The header of an object in, the kind by which the site keeps or deletes it out."""

from kerma.dicom import tags
from kerma.dicom.content import CONTENT
from kerma.dicom.dataset import DataSet
from kerma.store.keeping import KINDS, Kind

_BY_NAME = {kind.name: kind for kind in KINDS}
_IMAGES = {"MG": "mammography", "NM": "nuclear", "PT": "nuclear", "CT": "screens"}
"""Modality of an image -> its kind; any other is a radiography image."""


def kind_of(header: DataSet) -> Kind:
    """Return the kind of an object that carries dose: reports have content, images a modality."""
    if CONTENT in header:
        return _BY_NAME["reports"]
    return _BY_NAME[_IMAGES.get(header.first(tags.Modality), "radiography")]
