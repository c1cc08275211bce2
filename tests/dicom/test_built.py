"""What is built is, in Kerma's own form, what pydicom writes of it and Kerma reads."""

import pytest

from kerma.dicom import built, write
from kerma.dicom.files import read_bytes

TREE = write.container(
    ("113701", "DCM", "X-Ray Radiation Dose Report"),
    write.text(("121106", "DCM", "Comment"), "Zwei Zeilen\nmit Ü und \\\\ darin"),
    write.num(("113838", "DCM", "DLP"), 312.5, "mGy.cm"),
    write.num(("113838", "DCM", "DLP"), None, "mGy.cm"),
    write.code(("121058", "DCM", "Procedure reported"), ("1234567890123456789", "SCT", "CT")),
)
OBJECTS = {
    "Latin 1": {"SpecificCharacterSet": "ISO_IR 100", "PatientName": "Müller^Zoë"},
    "UTF-8": {"PatientName": "Yamada^Tarou=山田^太郎", "InstitutionName": "Ω"},
    "several values": {
        "OperatorsName": ["Alpha^A", "Beta^B"],
        "ImagePositionPatient": [1.5, -2, 0],
    },
    "no values": {"OperatorsName": [], "PatientSize": "", "StudyDate": ""},
    "numbers": {"Rows": 512, "FrameAcquisitionDuration": 12.5, "EventElapsedTimes": "0.5"},
    "bytes": {"RedPaletteColorLookupTableData": b"\1\2\3\4"},
    "whole numbers as text": {"SeriesNumber": 9990, "PatientWeight": 68.5},
}


@pytest.mark.parametrize("name", OBJECTS)
def test_it_is_what_pydicom_writes_and_kerma_reads(name):
    made = write.document(TREE, **OBJECTS[name])

    found = built.as_read(made)

    read = read_bytes(write.to_bytes(made)).data_set
    assert _said(found) == _said(read)


def _said(data_set):
    """Return tags, VRs and values, without padding."""
    return {
        tag: (vr, value.rstrip(b" \0") if isinstance(value, bytes) else list(map(_said, value)))
        for tag, (vr, value) in data_set.elements.items()
    }


def test_a_character_that_the_set_lacks_is_an_error_not_a_question_mark():
    with pytest.raises(UnicodeEncodeError):
        built.as_read(write.document(TREE, SpecificCharacterSet="ISO_IR 100", PatientName="山田"))
