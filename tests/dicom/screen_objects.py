"""Pictures of screens as objects in every form scanners send, for the tests of their pixels."""

import subprocess
from io import BytesIO
from typing import Any

import numpy as np
from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian

from kerma.dicom.files import read_bytes
from kerma.dicom.write import instance, to_bytes

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def screen() -> Any:
    """Return white, gray and coloured blocks on black, shape (48, 64), as shown."""
    gray = np.zeros((48, 64), np.uint8)
    gray[4:12, 6:20] = 255
    gray[20:28, 6:40] = 128
    gray[34:40, 30:31] = 255
    return gray


def capture(gray: Any = None, sop_class: str = SECONDARY_CAPTURE, **attributes: Any) -> Any:
    """Return a data set; None as an attribute leaves it out."""
    pixels = screen() if gray is None else gray
    rows, columns = pixels.shape[:2]
    given = {
        "StudyInstanceUID": "1.2.1",
        "SeriesInstanceUID": "1.2.1.9",
        "SOPInstanceUID": "1.2.1.9.1",
        "Modality": "CT",
        "Manufacturer": "TOSHIBA",
        "ManufacturerModelName": "Aquilion",
        "PatientName": "Doe^Jane",
        "PatientID": "4711",
        "Rows": rows,
        "Columns": columns,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 8,
        "BitsStored": 8,
        "HighBit": 7,
        "PixelRepresentation": 0,
        "PixelData": pixels.tobytes() + b"\0" * (pixels.nbytes % 2),
    }
    return instance(sop_class, **(given | attributes))


def capture_bytes(gray: Any = None, **attributes: Any) -> bytes:
    """Return the same as a file."""
    return to_bytes(capture(gray, **attributes))


def words(bits: int, is_signed: bool = False) -> dict[str, Any]:
    """Return the attributes of pixels of 16 bits, of which so many are used."""
    return {
        "BitsAllocated": 16,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": int(is_signed),
    }


def header(**attributes: Any) -> Any:
    """Return the header of an object as the lean reader reads it."""
    return read_bytes(capture_bytes(**attributes)).data_set


def by_dcmtk(tmp_path: Any, data: bytes, *command: str) -> bytes:
    """Return an object as a program of DCMTK converts it."""
    given, made = tmp_path / "given.dcm", tmp_path / "made.dcm"
    given.write_bytes(data)
    subprocess.run([*command, str(given), str(made)], check=True, capture_output=True)
    return made.read_bytes()


def by_pydicom(data: bytes, syntax: str, **options: Any) -> bytes:
    """Return an object compressed by the encoders of pydicom's plugins."""
    found = dcmread(BytesIO(data))
    assert found.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    found.compress(syntax, generate_instance_uid=False, **options)
    return to_bytes(found, syntax)
