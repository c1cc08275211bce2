"""Codes that objects have in common are read once, and still each object has its own."""

import io

import pytest
from pydicom import Dataset, dcmread, dcmwrite

from kerma.dicom.content import ContentItem
from kerma.dicom.files import DicomFile, read_bytes
from tests.dicom.objects import report, to_bytes

WHOLE = to_bytes(report())
TITLE = 0x0040A043


def _title(file: DicomFile) -> str:
    return ContentItem(file.data_set).concept.value


def test_a_repair_of_a_code_does_not_reach_other_objects():
    before, repaired = read_bytes(WHOLE), read_bytes(WHOLE)

    repaired.data_set.items(TITLE)[0].put(0x00080100, "113500")
    repaired.data_set.items(TITLE)[0].drop(0x00080104)

    assert _title(repaired) == "113500"
    assert repaired.data_set.code(TITLE).meaning == ""
    for other in (before, read_bytes(WHOLE)):
        assert _title(other) == "113701"
        assert other.data_set.code(TITLE).meaning == "X-Ray Radiation Dose Report"
    assert repaired.digest() != before.digest() == read_bytes(WHOLE).digest()


def test_the_same_bytes_are_other_words_in_another_character_set():
    latin, cyrillic = (
        to_bytes(report(SpecificCharacterSet=declared)).replace(b"Chest", b"\xc4\xe0\xeb\xfc\xed")
        for declared in ("ISO_IR 100", "ISO_IR 144")
    )

    words = [_region(read_bytes(data)) for data in (latin, cyrillic, latin)]

    assert words == ["Äàëüí", "Фрыќэ", "Äàëüí"]


def _region(file: DicomFile) -> str:
    content = ContentItem(file.data_set).walk()
    return next(item.code.meaning for item in content if item.value_type == "CODE")


@pytest.mark.parametrize("implicit", [False, True])
def test_sequences_of_undefined_length_say_the_same(implicit):
    ds = dcmread(io.BytesIO(WHOLE))
    _open_ended(ds)
    written = io.BytesIO()
    dcmwrite(written, ds, implicit_vr=implicit, little_endian=True, force_encoding=True)
    data = written.getvalue()
    assert b"\xfe\xff\xdd\xe0" in data

    first, again = read_bytes(data), read_bytes(data)

    assert first.digest() == again.digest() == read_bytes(WHOLE).digest()


def _open_ended(ds: Dataset) -> None:
    for element in ds:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                _open_ended(item)
