"""Data sets written again say the same, to both readers and to pydicom."""

from io import BytesIO

import pytest
from pydicom import dcmread

from kerma.dicom.dataset import DataSet
from kerma.dicom.encode import to_file
from kerma.dicom.files import read_bytes, read_file
from kerma.dicom.write import TRANSFER_SYNTAXES
from tests.conftest import shared_data
from tests.dicom.objects import image, report, to_bytes


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
@pytest.mark.parametrize("reader", ["lean", "pydicom"])
def test_what_was_read_is_written_to_the_same_effect(syntax, reader):
    read = read_bytes(to_bytes(report(), transfer_syntax=syntax))

    again = read_bytes(to_file(read.data_set), reader)

    assert again.digest() == read.digest()


def test_pydicom_reads_the_file_and_its_meta_information():
    written = dcmread(BytesIO(to_file(read_bytes(to_bytes(image(Rows=3))).data_set)))

    assert written.Rows == 3
    assert written.file_meta.MediaStorageSOPInstanceUID == written.SOPInstanceUID


def test_texts_of_odd_length_are_padded_with_a_space_and_others_with_a_zero():
    """PS3.5 6.2: "UT" is text, though its length has 32 bits; 6.1.1: a UID ends with a zero."""
    made = DataSet(
        {0x00080018: (b"UI", b"1.2.3"), 0x0040A160: (b"UT", b"odd"), 0x00091001: (b"OB", b"\1")}
    )

    written = to_file(made)

    assert b"\x08\0\x18\0UI\6\0001.2.3\0" in written
    assert b"\x40\0\x60\xa1UT\0\0\4\0\0\0odd " in written
    assert written.endswith(b"odd ")
    assert b"\x09\0\1\x10OB\0\0\2\0\0\0\1\0" in written


def test_every_shared_object_survives_writing():
    compared = 0
    for path in sorted(shared_data("dicom").glob("*.dcm")):
        read = read_file(path)
        assert read_bytes(to_file(read.data_set)).digest() == read.digest(), path.name
        compared += 1

    assert compared > 30
