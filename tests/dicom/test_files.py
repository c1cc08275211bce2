"""Files: every encoding reads the same; what is broken says so in one sentence."""

import struct
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import dcmread
from pydicom.uid import ImplicitVRLittleEndian

from kerma.dicom import tags
from kerma.dicom.files import read_bytes, read_file
from kerma.dicom.write import TRANSFER_SYNTAXES
from kerma.errors import CutShort, DamagedObject, KermaError, NotDicom
from tests.conftest import shared_data
from tests.dicom.objects import image, report, to_bytes

REPORT = report()
WHOLE = to_bytes(REPORT)


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
@pytest.mark.parametrize("reader", ["lean", "pydicom"])
def test_every_native_syntax_and_both_readers_say_the_same(syntax, reader):
    found = read_bytes(to_bytes(REPORT, transfer_syntax=syntax), reader)

    assert found.digest() == read_bytes(WHOLE).digest()


@pytest.mark.parametrize("syntax", TRANSFER_SYNTAXES, ids=lambda uid: uid.name)
def test_binary_numbers_are_the_same_in_every_byte_order(syntax):
    ds = image(Rows=2560, EventTimeOffset=1.25, ReferencePixelPhysicalValueX=-0.125)

    header = read_bytes(to_bytes(ds, transfer_syntax=syntax)).data_set

    assert header.integer(tags.Rows) == 2560
    assert header.number(0x00082134) == 1.25
    assert header.number(0x00186028) == -0.125


def test_a_changed_value_changes_the_digest():
    changed = read_bytes(WHOLE.replace(b"Thorax", b"Therax")).digest()

    assert changed != read_bytes(WHOLE).digest()


def test_an_object_without_preamble_and_meta_information_is_read():
    for syntax in TRANSFER_SYNTAXES[:2]:
        whole = to_bytes(REPORT, transfer_syntax=syntax)
        start = whole.index(struct.pack("<HH", 8, 5), 132)

        assert read_bytes(whole[start:]).digest() == read_bytes(WHOLE).digest()


def test_a_syntax_declared_wrongly_is_seen_through():
    implicit = to_bytes(REPORT, transfer_syntax=ImplicitVRLittleEndian)
    lying = implicit.replace(b"1.2.840.10008.1.2\0", b"1.2.840.10008.1.3\0", 1)

    assert read_bytes(lying).digest() == read_bytes(WHOLE).digest()


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", NotDicom),
        (b"%PDF-1.7 no DICOM here, but more than 132 bytes" * 10, NotDicom),
        (b"\0" * 4096, NotDicom),
        (WHOLE[:140], DamagedObject),
        (WHOLE[:-1], CutShort),
        (WHOLE[: len(WHOLE) // 2], CutShort),
    ],
)
def test_what_is_no_whole_object_is_refused_in_a_sentence(data, error):
    with pytest.raises(error, match=r"^[A-Z].*\.$"):
        read_bytes(data)


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.dcm"
    path.touch()

    with pytest.raises(NotDicom, match="empty"):
        read_file(path)


def test_a_file_cut_anywhere_in_its_content_is_never_read_as_whole():
    start = WHOLE.index(b"\x40\x00\x30\xa7SQ")

    for end in range(start + 1, len(WHOLE)):
        with pytest.raises(KermaError):
            read_bytes(WHOLE[:end])


def test_zeros_after_the_last_element_are_padding():
    assert read_bytes(WHOLE + b"\0" * 512).digest() == read_bytes(WHOLE).digest()


def test_endless_nesting_is_refused():
    nested = b"".join(
        struct.pack("<HH2sHIHHI", 0x40, 0xA730, b"SQ", 0, 0xFFFFFFFF, 0xFFFE, 0xE000, 0xFFFFFFFF)
        for _ in range(5000)
    )

    with pytest.raises(DamagedObject, match="nested"):
        read_bytes(to_bytes(image()) + nested)


def test_a_value_of_a_hundred_megabytes_leaves_only_its_fingerprint(tmp_path):
    path = tmp_path / "large.dcm"
    size = 100 * 1024**2
    head = to_bytes(image()) + struct.pack("<HH2sHI", 0x43, 0x1010, b"OB", 0, size)
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + size)

    assert len(read_file(path).data_set.raw(0x00431010)) == 32


def test_pixel_data_are_not_read():
    ds = image(Rows=1, Columns=2, BitsAllocated=8, PixelData=b"\1\2")

    assert read_bytes(to_bytes(ds)).data_set.raw(0x7FE00010) == b""


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damage_anywhere_gives_an_object_or_a_sentence(data):
    """No other exception than ours, whatever a bit flip, a cut or an insertion does."""
    damaged = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] = data.draw(st.integers(0, 255))
    for reader in ("lean", "pydicom"):
        with suppress(KermaError):
            assert read_bytes(bytes(damaged), reader).data_set.tags()


def test_both_readers_agree_on_every_shared_object():
    compared = 0
    for path in sorted(shared_data("dicom").glob("*.dcm")):
        assert read_file(path).digest() == read_file(path, "pydicom").digest(), path.name
        compared += 1

    assert compared > 30


def test_text_and_numbers_are_those_of_pydicom_on_every_shared_object():
    """Oracle: pydicom's own decoding of character sets and value representations."""
    compared = 0
    for path in sorted(shared_data("dicom").glob("*.dcm")):
        compared += sum(_same(element, path) for element in _elements_of(path))

    assert compared > 1000


def _elements_of(path: Path):
    ours = read_file(path).data_set
    for element in dcmread(path, stop_before_pixels=True):
        if element.tag.group > 2 and not element.tag.is_private:
            yield ours, element


def _same(pair, path: Path) -> bool:
    ours, element = pair
    if element.VR in ("SQ", "OB", "OW", "UN", "OF", "AT") or element.is_empty:
        return False
    values = element.value if element.VM > 1 else [element.value]
    if element.VR in ("DS", "IS", "US", "SS", "UL", "SL", "FL", "FD"):
        assert ours.numbers(element.tag) == pytest.approx([float(v) for v in values]), path.name
    else:
        found = [str(value).strip() for value in values]
        assert ours.strings(element.tag) == (found if any(found) else []), path.name
    return True
