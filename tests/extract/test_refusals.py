"""Objects without dose: skipped where DICOM knows their class, refused where it is unknown."""

import pytest

from kerma.dicom.files import read_bytes
from kerma.dicom.write import instance, to_bytes
from kerma.errors import NoDose, UnsupportedObject
from kerma.extract import record_of

STORAGE = "1.2.840.10008.5.1.4.1.1."


def refusal(sop_class, **attributes):
    with pytest.raises(UnsupportedObject) as refused:
        record_of(read_bytes(to_bytes(instance(sop_class, **attributes))))
    return refused.value


@pytest.mark.parametrize(
    ("sop_class", "attributes"),
    [
        (f"{STORAGE}2", {}),  # CT image, nothing else said
        (f"{STORAGE}4", {"Modality": "MR", "Rows": 2}),
        (f"{STORAGE}9.1.1", {"Modality": "ECG"}),
        (f"{STORAGE}104.1", {}),  # encapsulated PDF
        (f"{STORAGE}66", {"Modality": "HD"}),  # raw data
        ("1.3.12.2.1107.5.9.1", {"Modality": "CT"}),  # a maker's own class
        (f"{STORAGE}20", {}),  # NM image without radiopharmaceutical
    ],
)
def test_what_never_carries_dose_is_no_failure(sop_class, attributes):
    assert isinstance(refusal(sop_class, **attributes), NoDose)


def test_an_unknown_class_is_refused_by_its_uid():
    found = refusal("1.2.3.4")

    assert not isinstance(found, NoDose)
    assert "1.2.3.4" in str(found)


def test_a_report_without_content_is_refused_as_a_report():
    found = refusal(f"{STORAGE}88.67")

    assert not isinstance(found, NoDose)
    assert str(found) == "This structured report (no title) is no dose report."


def test_the_reason_names_an_image_once():
    assert str(refusal(f"{STORAGE}20")) == "This NM image names no radiopharmaceutical."
