"""Dose screens come as their viewer shows them, whatever the form of their pixels."""

import shutil
from contextlib import suppress

import numpy as np
import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from kerma.dicom import apart, decode, screen_pixels
from kerma.dicom.screen_pixels import ScreenPixelsError, pictures
from kerma.dicom.write import to_bytes
from tests.dicom.screen_objects import (
    CT_IMAGE,
    by_dcmtk,
    by_pydicom,
    capture,
    capture_bytes,
    screen,
    words,
)


def only(data):
    [found] = pictures(data)
    return found


def shown(gray=None, **attributes):
    return only(capture_bytes(gray, **attributes)).gray


def test_eight_bits_are_shown_as_they_are():
    found = only(capture_bytes())

    np.testing.assert_array_equal(found.gray, screen())
    assert found.gray.dtype == np.uint8
    assert not found.is_lossy


def test_a_screen_without_white_is_not_stretched():
    np.testing.assert_array_equal(shown(screen() // 2), screen() // 2)


def test_inverse_pictures_are_shown_black_on_white():
    np.testing.assert_array_equal(
        shown(PhotometricInterpretation="MONOCHROME1"), 255 - screen().astype(int)
    )
    np.testing.assert_array_equal(shown(PresentationLUTShape="INVERSE"), 255 - screen().astype(int))


GE = {"sop_class": CT_IMAGE, "RescaleIntercept": -1024.0, "RescaleSlope": 1.0}


@pytest.mark.parametrize("window", [(40.0, 400.0), (512.0, 2.0), None])
def test_signed_values_are_shown_in_their_own_range(window):
    """As GE writes them: 16 bits signed, black 0 and white 1020, a window for soft tissue."""
    stored = screen().astype("<i2") * 4
    centre, width = window or (None, None)

    found = shown(stored, **GE, **words(16, is_signed=True), WindowCenter=centre, WindowWidth=width)

    np.testing.assert_array_equal(found, screen())


def test_negative_values_are_shown_in_order():
    stored = screen().astype("<i2") * 4 - 1024

    np.testing.assert_array_equal(shown(stored, **words(16, is_signed=True)), screen())


def test_a_window_of_width_one_makes_black_and_white():
    """PS3.3 C.11.2.1.2: what is above centre - 0.5 is white; the rest is black."""
    stored = screen().astype("<i2") * 4

    found = shown(stored, **GE, **words(16, is_signed=True), WindowCenter=-512.0, WindowWidth=1.0)

    np.testing.assert_array_equal(found, np.where(stored - 1024 > -512.5, 255, 0))


def test_a_window_of_width_one_beside_all_values_is_not_used():
    stored = screen().astype("<i2") * 4

    found = shown(stored, **GE, **words(16, is_signed=True), WindowCenter=9000.0, WindowWidth=1.0)

    np.testing.assert_array_equal(found, screen())


@pytest.mark.parametrize("bits", [10, 12, 16])
def test_pictures_of_more_bits_use_their_own_range(bits):
    stored = screen().astype("<u2") * (2**bits // 256)

    np.testing.assert_array_equal(shown(stored, **words(bits)), screen())


def test_bits_beyond_those_of_the_picture_do_not_disturb_it():
    """Retired overlays stand in the unused bits above BitsStored (PS3.5 8.1.1)."""
    stored = screen().astype("<u2") * 16
    stored[:10] |= 0x8000

    np.testing.assert_array_equal(shown(stored, **words(12)), screen())


RGB = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB"}


@pytest.mark.parametrize("planar", [0, 1])
def test_colours_are_shown_by_their_luminance(planar):
    """ITU-R BT.601: yellow letters on blue stay light on dark."""
    yellow, blue = (255, 255, 0), (0, 0, 255)
    picture = np.where(screen()[..., None] > 200, yellow, blue).astype(np.uint8)
    stored = picture.transpose(2, 0, 1) if planar else picture

    made = capture(picture, **RGB, PlanarConfiguration=planar)
    made.PixelData = np.ascontiguousarray(stored).tobytes()
    found = only(to_bytes(made)).gray

    assert set(np.unique(found[screen() > 200])) == {226}
    assert set(np.unique(found[screen() <= 200])) == {29}


def test_full_luminance_and_chrominance_are_shown_as_the_same_gray():
    picture = np.stack([screen(), np.full_like(screen(), 128), np.full_like(screen(), 128)], -1)
    attributes = RGB | {"PhotometricInterpretation": "YBR_FULL"}

    found = shown(picture, **attributes, PlanarConfiguration=0)

    np.testing.assert_allclose(found.astype(int), screen(), atol=1)


def test_a_palette_is_looked_up():
    indices = (screen() > 0).astype(np.uint8)
    table = np.array([0, 65535], "<u2").tobytes()
    palette = {
        f"{colour}PaletteColorLookupTable{part}": value
        for colour in ("Red", "Green", "Blue")
        for part, value in (("Descriptor", [2, 0, 16]), ("Data", table))
    }

    found = shown(indices, PhotometricInterpretation="PALETTE COLOR", **palette)

    np.testing.assert_array_equal(found, np.where(screen() > 0, 255, 0))


def overlay(plane, group=0x6000):
    """Return the elements of an overlay plane (PS3.3 C.9.2)."""
    rows, columns = plane.shape[-2:]
    data = np.packbits(plane.ravel(), bitorder="little").tobytes()
    given = {
        0x0010: ("US", rows),
        0x0011: ("US", columns),
        0x0040: ("CS", "G"),
        0x0050: ("SS", [1, 1]),
        0x0100: ("US", 1),
        0x0102: ("US", 0),
        0x3000: ("OW", data + b"\0" * (len(data) % 2)),
    }
    return {(group, element): value for element, value in given.items()}


def with_overlay(made, elements):
    for (group, element), (vr, value) in elements.items():
        made.add_new((group, element), vr, value)
    return to_bytes(made)


def test_text_in_an_overlay_is_drawn_in():
    plane = screen() > 0
    dark, bright = np.zeros((48, 64), np.uint8), np.full((48, 64), 200, np.uint8)

    np.testing.assert_array_equal(
        only(with_overlay(capture(dark), overlay(plane))).gray, np.where(plane, 255, 0)
    )
    np.testing.assert_array_equal(
        only(with_overlay(capture(bright), overlay(plane, 0x6004))).gray, np.where(plane, 0, 200)
    )


def test_an_overlay_lies_where_its_origin_is():
    plane = np.ones((4, 6), bool)
    expected = np.zeros((48, 64), np.uint8)
    expected[9:13, 61:64] = 255

    found = only(
        with_overlay(
            capture(np.zeros((48, 64), np.uint8)),
            overlay(plane) | {(0x6000, 0x0050): ("SS", [10, 62])},
        )
    )

    np.testing.assert_array_equal(found.gray, expected)


def test_an_overlay_in_the_high_bits_is_drawn_in():
    plane = screen() > 0
    stored = plane.astype("<u2") << 15
    embedded = {
        key: value for key, value in overlay(plane).items() if key[1] not in (0x3000, 0x0102)
    } | {(0x6000, 0x0102): ("US", 15)}

    found = only(with_overlay(capture(stored, **words(12)), embedded))

    np.testing.assert_array_equal(found.gray, np.where(plane, 255, 0))


def test_each_frame_is_a_picture():
    frames = np.stack([screen(), screen()[::-1]])

    made = capture(frames[0], NumberOfFrames=2, PixelData=frames.tobytes())
    found = pictures(to_bytes(made))

    np.testing.assert_array_equal([one.gray for one in found], frames)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian])
def test_native_syntaxes_are_read(syntax):
    stored = screen().astype("<u2") * 16

    found = only(to_bytes(capture(stored, **words(12)), syntax))

    np.testing.assert_array_equal(found.gray, screen())
    assert not found.is_lossy


def test_big_endian_is_read():
    stored = screen().astype("<u2") * 16
    made = capture(stored, **words(12))
    made.PixelData = stored.astype(">u2").tobytes()

    np.testing.assert_array_equal(only(to_bytes(made, ExplicitVRBigEndian)).gray, screen())


def test_the_private_syntax_of_ge_is_read():
    """Implicit VR, little endian, and pixels of 16 bits big endian, as old archives keep them."""
    stored = screen().astype("<u2") * 16
    made = capture(stored, **words(12))
    made.PixelData = stored.astype(">u2").tobytes()
    data = to_bytes(made, ImplicitVRLittleEndian)

    found = only(data.replace(b"1.2.840.10008.1.2\0", b"1.2.840.113619.5.2", 1))

    np.testing.assert_array_equal(found.gray, screen())


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
@pytest.mark.parametrize("bits", [8, 12])
def test_compression_without_loss_changes_nothing(syntax, bits):
    plain = (
        capture_bytes() if bits == 8 else capture_bytes(screen().astype("<u2") * 16, **words(12))
    )

    found = only(by_pydicom(plain, syntax))

    np.testing.assert_array_equal(found.gray, screen())
    assert not found.is_lossy


needs_dcmtk = pytest.mark.skipif(not shutil.which("dcmcjpeg"), reason="needs DCMTK")


@needs_dcmtk
@pytest.mark.parametrize("option", ["+e1", "+el"])
def test_lossless_jpeg_changes_nothing(tmp_path, option):
    stored = screen().astype("<i2") * 4
    plain = capture_bytes(stored, **GE, **words(16, is_signed=True))

    found = only(by_dcmtk(tmp_path, plain, "dcmcjpeg", option))

    np.testing.assert_array_equal(found.gray, screen())
    assert not found.is_lossy


@needs_dcmtk
def test_a_decoder_that_dies_takes_nobody_with_it(tmp_path):
    """GDCM ends its process over some damaged streams of lossless JPEG."""
    stored = screen().astype("<u2") * 16
    good = by_dcmtk(tmp_path, capture_bytes(stored, **words(12)), "dcmcjpeg", "+e1")
    np.testing.assert_array_equal(only(good).gray, screen())
    [process] = apart._running.values()
    process.kill()
    process.wait()

    np.testing.assert_array_equal(only(good).gray, screen())

    start = good.index(b"\xff\xda")
    for place in range(start + 4, start + 12):
        damaged = bytearray(good)
        damaged[place] ^= 0xFF
        with suppress(ScreenPixelsError):
            pictures(bytes(damaged))
    np.testing.assert_array_equal(only(good).gray, screen())


@needs_dcmtk
@pytest.mark.parametrize(
    "command",
    [
        ("dcmcjpeg", "+eb", "+q", "90"),
        ("dcmcjpeg", "+ee", "+q", "90"),
        ("dcmcjpls", "+en", "+md", "2"),
    ],
)
def test_compression_with_loss_is_told(tmp_path, command):
    found = only(by_dcmtk(tmp_path, capture_bytes(), *command))

    assert found.is_lossy
    assert np.abs(found.gray.astype(int) - screen()).mean() < 6


@needs_dcmtk
def test_what_no_decoder_reads_is_named(tmp_path):
    plain = capture_bytes(screen().astype("<u2") * 16, **words(12))
    twelve_bits = by_dcmtk(tmp_path, plain, "dcmcjpeg", "+ee", "+q", "90")

    with pytest.raises(ScreenPixelsError, match=r"JPEG with 12 bits.*uncompressed"):
        pictures(twelve_bits)


@needs_dcmtk
def test_coloured_jpeg_is_read(tmp_path):
    picture = np.repeat(screen()[..., None], 3, axis=2)
    plain = capture_bytes(picture, **RGB, PlanarConfiguration=0)

    found = only(by_dcmtk(tmp_path, plain, "dcmcjpeg", "+eb", "+q", "95"))

    assert found.is_lossy
    assert np.abs(found.gray.astype(int) - screen()).mean() < 6


def test_what_was_lossy_before_stays_lossy():
    assert only(capture_bytes(LossyImageCompression="01")).is_lossy
    assert not only(capture_bytes(LossyImageCompression="00")).is_lossy


REFUSED = {
    "no pixels": (capture_bytes(PixelData=None), "no picture"),
    "no rows": (capture_bytes(Rows=None), "no picture"),
    "few pixels": (capture_bytes(PixelData=b"\0" * 100), "cannot be read"),
    "huge side": (capture_bytes(Rows=20_000), "too large.*64×20000"),
    "huge": (capture_bytes(Rows=8192, Columns=8192, NumberOfFrames=2), "too large.*2 frames"),
    "many frames": (capture_bytes(NumberOfFrames=5000), "5000 frames"),
    "odd depth": (capture_bytes(BitsAllocated=12), "cannot be read"),
    "no interpretation": (capture_bytes(PhotometricInterpretation=None), "cannot be read"),
    "nothing": (b"", "no DICOM file"),
    "text": (b"no DICOM", "no DICOM file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_shown_is_refused_in_a_sentence(name):
    data, words_ = REFUSED[name]

    with pytest.raises(ScreenPixelsError, match=words_) as refused:
        pictures(data)

    assert str(refused.value).endswith(".")
    assert "Doe" not in str(refused.value)


@pytest.mark.parametrize("syntax", [RLELossless, JPEGLSLossless, JPEG2000Lossless])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_damaged_compression_is_refused_or_read_but_never_a_fault(syntax, share):
    data = bytearray(by_pydicom(capture_bytes(), syntax))
    start = len(data) - int((len(data) - data.rindex(b"\xe0\x7f\x10\x00")) * (1 - share))
    data[start : start + 40] = bytes(b ^ 0xA5 for b in data[start : start + 40])

    try:
        found = pictures(bytes(data))
    except ScreenPixelsError:
        return
    assert found[0].gray.shape == screen().shape


def test_an_object_larger_than_any_screen_is_not_even_opened(monkeypatch):
    monkeypatch.setattr(screen_pixels, "_MOST_BYTES", 1000)

    with pytest.raises(ScreenPixelsError, match="no dose screen is larger"):
        pictures(capture_bytes())


def test_a_stream_that_names_another_size_is_not_decompressed():
    """A small header around a picture of many gigabytes would exhaust the memory."""
    data = bytearray(by_pydicom(capture_bytes(), JPEGLSLossless))
    place = data.index(b"\xff\xf7") + 5
    data[place : place + 4] = (0xFFFF).to_bytes(2, "big") * 2

    with pytest.raises(ScreenPixelsError, match=r"cannot be read.*TooLarge"):
        pictures(bytes(data))


@pytest.mark.parametrize("syntax", [JPEGLSLossless, JPEG2000Lossless])
def test_streams_say_their_size(syntax):
    found = decode.parsed(by_pydicom(capture_bytes(), syntax))
    frame = found.PixelData[found.PixelData.index(b"\xff\xd8" if syntax == JPEGLSLossless else
                                                  b"\xff\x4f\xff\x51"):]  # fmt: skip

    assert decode.declared_size(frame) == screen().shape
