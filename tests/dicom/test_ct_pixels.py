"""CT images read to HU, or refused in a sentence that says what is wrong."""

import shutil

import numpy as np
import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    RLELossless,
)

from kerma.dicom.ct_pixels import NoSize, read
from kerma.dicom.write import TRANSFER_SYNTAXES, to_bytes
from tests.dicom.ct_images import ct_bytes, ct_image
from tests.dicom.screen_objects import by_dcmtk, by_pydicom


def ramp():
    return np.arange(64 * 32, dtype=np.float32).reshape(64, 32) - 1024


def test_stored_values_become_hu():
    found = read(ct_bytes(ramp(), RescaleSlope=2.0, RescaleIntercept=-1000.0))

    np.testing.assert_allclose(found.hu, 2 * (ramp() + 1024) - 1000)
    assert found.spacing_mm == (0.8, 0.8)
    assert found.position_mm == 10.0
    assert (found.series_number, found.acquisition_number) == (2, "1")


@pytest.mark.parametrize("syntax", [s for s in TRANSFER_SYNTAXES if s != ExplicitVRBigEndian])
def test_every_native_syntax_is_read(syntax):
    np.testing.assert_allclose(read(to_bytes(ct_image(ramp()), syntax)).hu, ramp())


def test_big_endian_is_read():
    image = ct_image(ramp())
    image.PixelData = np.frombuffer(image.PixelData, "<i2").astype(">i2").tobytes()

    np.testing.assert_allclose(read(to_bytes(image, ExplicitVRBigEndian)).hu, ramp())


def compressed():
    image = ct_image(ramp())
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.compress(RLELossless)
    return image


def test_run_length_encoding_is_read():
    np.testing.assert_allclose(read(to_bytes(compressed(), RLELossless)).hu, ramp())


@pytest.mark.parametrize("syntax", [JPEGLSLossless, JPEG2000Lossless])
def test_compression_without_loss_is_read(syntax):
    np.testing.assert_allclose(read(by_pydicom(ct_bytes(ramp()), syntax)).hu, ramp())


@pytest.mark.skipif(not shutil.which("dcmcjpeg"), reason="needs DCMTK")
@pytest.mark.parametrize("option", ["+e1", "+el"])
def test_lossless_jpeg_is_read(tmp_path, option):
    """The form in which most archives send CT images."""
    data = by_dcmtk(tmp_path, ct_bytes(ramp()), "dcmcjpeg", option)

    np.testing.assert_allclose(read(data).hu, ramp())


def test_compression_that_cannot_be_undone_is_named():
    with pytest.raises(NoSize, match=r"compressed \(JPEG Lossless.*uncompressed"):
        read(to_bytes(compressed(), JPEGLosslessSV1))


def test_only_padding_that_cannot_be_air_counts_as_padding():
    image = np.full((8, 8), -1024.0)
    image[0] = -3024.0

    by_value = read(ct_bytes(image, PixelPaddingValue=-2000))
    by_air = read(ct_bytes(image, PixelPaddingValue=0))

    assert by_value.padded.sum() == 8
    assert by_value.padded[0].all()
    assert not by_air.padded.any()


REFUSED = {
    "MR": ({"Modality": "MR"}, "no CT image .modality MR."),
    "no modality": ({"Modality": None}, "modality not given"),
    "enhanced": ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.2.1"}, "many frames"),
    "screen": ({"SOPClassUID": "1.2.840.10008.5.1.4.1.1.7"}, "no CT image"),
    "localiser": ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "localiser"),
    "derived": ({"ImageType": ["DERIVED", "SECONDARY", "REFORMATTED"]}, "derived"),
    "no slope": ({"RescaleSlope": None}, "no rescale slope"),
    "no intercept": ({"RescaleIntercept": None}, "no rescale slope"),
    "slope 0": ({"RescaleSlope": 0.0}, "no rescale slope"),
    "other unit": ({"RescaleType": "Z_EFF"}, "'Z_EFF', not in HU"),
    "no spacing": ({"PixelSpacing": None}, "no pixel spacing"),
    "spacing 0": ({"PixelSpacing": [0.0, 0.8]}, "no pixel spacing"),
    "no orientation": ({"ImageOrientationPatient": None}, "orientation"),
    "coronal": ({"ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 0.0, -1.0]}, "not axial"),
    "tilted": ({"ImageOrientationPatient": [1.0, 0.0, 0.0, 0.0, 0.9397, -0.342]}, "more than 10°"),
    "no pixels": ({"PixelData": None}, "no pixel data"),
    "few pixels": ({"PixelData": b"\0" * 100}, "cannot be read"),
    "no rows": ({"Rows": None}, "no CT image"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_measured_is_refused_in_a_sentence(name):
    attributes, words = REFUSED[name]

    with pytest.raises(NoSize, match=words) as refused:
        read(ct_bytes(ramp(), **attributes))

    assert str(refused.value).endswith(".")
    assert "Doe" not in str(refused.value)


@pytest.mark.parametrize("data", [b"", b"no DICOM", b"\0" * 400])
def test_what_is_no_dicom_is_refused(data):
    with pytest.raises(NoSize, match="no DICOM file"):
        read(data)


@pytest.mark.parametrize("end", range(200, 6000, 97))
def test_a_cut_file_is_refused(end):
    whole = ct_bytes(ramp())
    if end < len(whole):
        with pytest.raises(NoSize):
            read(whole[:end])
