"""Which objects may be pictures of dose screens, by their header alone."""

import pytest

from kerma.dicom.files import read_bytes, read_file
from kerma.dicom.screen_header import is_companion, is_screen
from kerma.dicom.write import dataset, to_bytes
from tests.dicom.screen_objects import CT_IMAGE, SECONDARY_CAPTURE, capture, header
from tests.extract.screen_tables import image_header

PLACE = {"ImagePositionPatient": [-250.0, -250.0, 10.0]}
GE, SIEMENS = {"Manufacturer": "GE MEDICAL SYSTEMS"}, {"Manufacturer": "SIEMENS"}
PHILIPS, CANON = {"Manufacturer": "Philips"}, {"Manufacturer": "Canon Medical Systems"}
SAVE = {"ImageType": ["DERIVED", "SECONDARY", "SCREEN SAVE"]}
PROT = {"ImageType": ["DERIVED", "SECONDARY", "OTHER", "CT_SOM5 PROT"]}
DOSE_INFO = {"ImageType": ["DERIVED", "SECONDARY", "DOSE_INFO"]}

SCREENS = {
    "GE series 999": GE | {"sop_class": CT_IMAGE, "SeriesNumber": 999},
    "GE dose report": GE | {"SeriesNumber": 99, "SeriesDescription": "Dose Report"},
    "GE screen save": GE | SAVE | {"sop_class": CT_IMAGE},
    "Siemens protocol": SIEMENS | {"SeriesDescription": "Patient Protocol"},
    "Siemens series 501": SIEMENS | {"SeriesNumber": 501},
    "Siemens image type": SIEMENS | PROT | {"sop_class": CT_IMAGE},
    "Siemens in German": SIEMENS | {"SeriesDescription": "Patientenprotokoll"},
    "Siemens in French": SIEMENS | {"SeriesDescription": "Protocole patient"},
    "Siemens in Spanish": SIEMENS | {"SeriesDescription": "Protocolo del paciente"},
    "Siemens in Italian": SIEMENS | {"SeriesDescription": "Protocollo paziente"},
    "Toshiba": {"Manufacturer": "TOSHIBA"},
    "Canon": CANON | {"SeriesDescription": "SC"},
    "Philips by type": PHILIPS | DOSE_INFO,
    "Philips by words": PHILIPS | {"SeriesDescription": "Dose Info"},
    "Philips summary": PHILIPS | {"SeriesDescription": "Exam Dose Summary"},
    "another modality, but words": {"Modality": "OT", "SeriesDescription": "Dose Report"},
}

OTHERS = {
    "image of the patient": {"sop_class": CT_IMAGE, **PLACE},
    "GE reformat": GE | PLACE | {"sop_class": CT_IMAGE, "ImageType": ["DERIVED", "SECONDARY"]},
    "GE capture": GE | SAVE | {"SeriesDescription": "3D VR heart"},
    "Siemens capture": SIEMENS | {"SeriesDescription": "Key images"},
    "Siemens reformat as series 501": SIEMENS
    | PLACE
    | {"sop_class": CT_IMAGE, "SeriesNumber": 501},
    "Toshiba 3D": {"SeriesDescription": "3D Volume rendering"},
    "Toshiba axial": {"sop_class": CT_IMAGE, **PLACE},
    "Philips capture": PHILIPS | {"SeriesDescription": "MIP"},
    "another maker": {"Manufacturer": "ACME", "SeriesDescription": "Dose Report"},
    "no maker": {"Manufacturer": ""},
    "MR": {"Modality": "MR", "Manufacturer": "TOSHIBA"},
    "presentation state": {"sop_class": "1.2.840.10008.5.1.4.1.1.11.1"},
    "no picture": {"Rows": None},
}


@pytest.mark.parametrize("name", SCREENS)
def test_screens_are_looked_at(name):
    found = header(**SCREENS[name])

    assert is_screen(found)
    assert not is_companion(found)


@pytest.mark.parametrize("name", OTHERS)
def test_other_pictures_are_not(name):
    assert not is_screen(header(**OTHERS[name]))


def test_a_philips_picture_whose_header_holds_the_doses_is_not_read_as_a_picture():
    item = dataset(CTDIvol=7.2)

    assert not is_screen(header(**PHILIPS, **DOSE_INFO, ExposureDoseSequence=[item]))
    assert is_screen(header(**PHILIPS, **DOSE_INFO, ExposureDoseSequence=[]))


def test_the_same_where_only_the_private_total_is_left():

    made = capture(**PHILIPS, **DOSE_INFO)
    made.add_new((0x00E1, 0x0010), "LO", "ELSCINT1")
    made.add_new((0x00E1, 0x1021), "DS", "202.46")

    assert not is_screen(read_bytes(to_bytes(made)).data_set)


def test_original_images_are_companions():
    assert is_companion(image_header())
    assert is_companion(image_header(ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]))


@pytest.mark.parametrize(
    "attributes",
    [
        {"ImageType": ["DERIVED", "SECONDARY", "REFORMATTED"]},
        {"ImageType": ["ORIGINAL", "SECONDARY"]},
        {"SOPClassUID": SECONDARY_CAPTURE},
    ],
)
def test_what_was_made_of_images_is_none(attributes):
    assert not is_companion(image_header(**attributes))


def test_shared_objects_are_no_screens_but_are_read_as_before(shared_objects):
    """The Philips picture holds its doses in the header; the others are reports and images."""
    found = [path.name for path in shared_objects.glob("*.dcm")
             if is_screen(read_file(path).data_set)]  # fmt: skip

    assert found == []
