"""The pydicom reader: the fallback for what the lean one refuses, and its oracle."""

import warnings
from io import BytesIO

from pydicom import Dataset, dcmread
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_data_element

from kerma.dicom import charset, lean
from kerma.dicom.dataset import STANDARD_VRS, DataSet, Element
from kerma.errors import DamagedObject

_PIXEL_GROUP = 0x7FE0
_FAILURES = (
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    NotImplementedError,
    OSError,
    OverflowError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What pydicom is known to raise over damaged bytes."""


def parse(data: bytes) -> DataSet:
    """Return the data set of a whole file as pydicom reads it.

    Raises
    ------
    DamagedObject
        If pydicom cannot read it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = dcmread(BytesIO(data), force=True, stop_before_pixels=True)
            return _convert(found, [], ())
    except _FAILURES as error:
        raise DamagedObject(f"The object cannot be read: {type(error).__name__}.") from error


def _convert(found: Dataset, notes: list[str], charsets: tuple[str, ...]) -> DataSet:
    big_endian = found.original_encoding[1] is False
    elements: dict[int, Element] = {}
    result = DataSet(elements, charsets, big_endian, notes)
    for tag in sorted(found.keys()):
        if tag.group == _PIXEL_GROUP or tag.group == 2:
            continue
        element = found.get_item(tag)
        vr = (element.VR or "").encode()
        if vr == b"SQ" or (vr in (b"", b"UN") and STANDARD_VRS.get(tag) == b"SQ"):
            items = [_convert(item, notes, result.charsets) for item in found[tag].value]
            elements[int(tag)] = (b"SQ", items)
            continue
        value = _bytes(element, big_endian)
        if tag == 0x00080005:
            result.charsets = charset.encodings(value)
        hidden = None
        if vr in (b"", b"UN") and tag.is_private:
            hidden = lean.private_items(value, result.charsets, notes)
        elements[int(tag)] = (vr, value) if hidden is None else (b"SQ", hidden)
    return result


def _bytes(element: RawDataElement | DataElement, big_endian: bool) -> bytes:
    if isinstance(element, RawDataElement):
        return element.value or b""
    buffer = DicomBytesIO()
    buffer.is_little_endian = not big_endian
    buffer.is_implicit_VR = True
    write_data_element(buffer, element)
    return buffer.getvalue()[8:]
