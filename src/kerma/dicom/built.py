"""A data set made by `kerma.dicom.write` in, the same in the one form that Kerma reads out.

For reports that are made in large numbers: pydicom's writer takes ten times as long.
"""

import struct
from collections.abc import Iterable
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.multival import MultiValue

from kerma.dicom import charset
from kerma.dicom.dataset import NUMBERS, DataSet, Element


def as_read(made: Dataset, charsets: tuple[str, ...] = ()) -> DataSet:
    """Return the data set as if it had been written, little endian, and read.

    For attributes of one VR: not those whose VR depends on others, such as "US or SS".

    Parameters
    ----------
    charsets
        Of the data set that this one is an item of. Text is encoded in the first one alone,
        without code extensions (PS3.5 6.1.2.4).

    Raises
    ------
    UnicodeEncodeError
        If the character set does not have a character.
    """
    if "SpecificCharacterSet" in made:
        charsets = charset.encodings(str(made.SpecificCharacterSet).encode())
    elements: dict[int, Element] = {}
    for element in made:
        value = element.value
        elements[int(element.tag)] = (
            element.VR.encode(),
            [as_read(item, charsets) for item in value]
            if element.VR == "SQ"
            else _encoded(element, charsets),
        )
    return DataSet(elements, charsets)


def _encoded(element: DataElement, charsets: tuple[str, ...]) -> bytes:
    """Return the value field, unpadded."""
    value, vr = element.value, element.VR.encode()
    if isinstance(value, bytes):
        return value
    values = _several(value)
    if vr in NUMBERS:
        return b"".join(struct.pack(f"<{NUMBERS[vr]}", number) for number in values)
    return "\\".join(map(str, values)).encode(charsets[0] if charsets else "ascii")


def _several(value: Any) -> Iterable[Any]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple | MultiValue) else (value,)
