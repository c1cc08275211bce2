"""The record of a believed dose screen, and what the images beside it may add to it."""

import datetime as dt

import pytest

from kerma.errors import ContentError
from kerma.extract.screens import to_record
from tests.extract.screen_tables import (
    LOCALISER,
    image_header,
    row,
    screen_header,
    table,
)

ADDED = (
    "acquisition_protocol",
    "rotation_time_s",
    "kvp",
    "pitch",
    "nominal_total_collimation_mm",
    "nominal_single_collimation_mm",
    "modulation_type",
)
"""What the tools people come from take from image headers, for each series."""


def record(screen_table, *images, **screen):
    return to_record(screen_table, [screen_header(**screen)], list(images))


def added(event):
    return {name: getattr(event, name) for name in ADDED if getattr(event, name)}


def test_rows_become_events_in_our_units():
    found = record(
        table(
            row(acquisition_type=LOCALISER, ctdivol_mgy=None, dlp_mgycm=None, phantom_mm=None),
            row(kvp=120.0, tube_current_ma=250.0, scanning_length_mm=677.4, exposure_time_s=12.5),
            row(phantom_mm=160, ctdivol_mgy=50.0, dlp_mgycm=800.0),
            total_dlp_mgycm=2099.5,
        )
    )
    localiser, body, head = found.events

    assert (found.kind, found.modality) == ("CT dose screen", "CT")
    assert (found.manufacturer, found.model) == ("TOSHIBA", "Aquilion CX")
    assert (localiser.acquisition_type_code, localiser.ctdivol_mgy) == ("113805", None)
    assert (body.ctdivol_mgy, body.dlp_mgycm, body.phantom_type_code) == (17.9, 1299.5, "113691")
    assert (body.kvp, body.tube_current_ma) == (120, 250)
    assert (body.scanning_length_mm, body.exposure_time_s) == (677.4, 12.5)
    assert (head.phantom_type, head.phantom_type_code) == ("IEC Head Dosimetry Phantom", "113690")
    assert (found.totals.events, found.totals.events_declared) == (3, 3)
    assert (found.totals.dlp_mgycm, found.totals.dlp_sum_of_events_mgycm) == (2099.5, 2099.5)


def test_a_phantom_that_the_screen_does_not_name_is_not_assumed():
    [event] = record(table(row(phantom_mm=None)), image_header()).events

    assert (event.phantom_type, event.phantom_type_code) == ("", "")


def test_what_the_report_has_no_place_for_is_in_the_comment():
    [event] = record(table(row(label="2-15", exposure_mas=110.0, reference_mas=120.0))).events

    assert event.comment == "110 mAs, reference 120 mAs, scan 2-15"


TOTALS = {
    "printed": ({"total_dlp_mgycm": 1300.0}, 1300.0, ""),
    "one phantom": ({"total_dlp_body_mgycm": 1301.0}, 1301.0, ""),
    "two phantoms": (
        {"total_dlp_head_mgycm": 800.0, "total_dlp_body_mgycm": 1299.5},
        2099.5,
        "sum for both phantoms: 800 mGy·cm (16 cm) and 1299.5 mGy·cm (32 cm)",
    ),
    "none": ({}, 1299.5, "no total DLP; it is the sum of its rows"),
}


@pytest.mark.parametrize("name", TOTALS)
def test_the_total_says_where_it_is_from(name):
    fields, expected, words = TOTALS[name]

    found = record(table(**fields))

    assert found.totals.dlp_mgycm == expected
    assert words in found.report_comment
    assert found.report_comment.startswith("Read from a dose screen (Toshiba).")


def test_a_sum_of_which_a_part_is_missing_is_no_total():
    found = record(table(row(), row(dlp_mgycm=None)))

    assert found.totals.dlp_mgycm is None
    assert "gives no total DLP." in found.report_comment


def test_images_add_to_the_study():
    """The list of the tools people come from: description, procedure, software, serial number."""
    found = record(table(), image_header())

    assert found.study.study_description == "CT thorax"
    assert found.study.requested_procedure == "Thorax with contrast"
    assert (found.device.software_versions, found.device.serial_number) == (
        "V4.51ER014",
        "2CA0910",
    )
    assert found.study.operator == "Alpha\\Beta"
    assert (found.patient.height_m, found.patient.weight_kg) == (1.71, 68.5)
    assert (found.device.institution, found.device.station_name) == ("Klinik Süd", "CT1")
    assert found.start_of_irradiation == dt.datetime.fromisoformat("2010-03-05T10:20:02")
    assert found.study.content_time == dt.time(10, 30)


def test_the_header_of_the_screen_comes_before_those_of_images():
    found = record(table(), image_header(), StudyDescription="as on the screen")

    assert found.study.study_description == "as on the screen"


def test_images_add_to_their_series():
    [event] = record(table(), image_header()).events

    assert added(event) == {
        "acquisition_protocol": "CHEST",
        "rotation_time_s": 0.5,
        "kvp": 120,
        "pitch": 0.844,
        "nominal_total_collimation_mm": 32,
        "nominal_single_collimation_mm": 0.5,
        "modulation_type": "ANGULAR",
    }
    assert event.sources[0].kvp == event.kvp


def test_values_of_the_screen_are_kept():
    [event] = record(
        table(row(protocol="Chest", rotation_time_s=0.49, kvp=120.2)), image_header()
    ).events

    assert (event.acquisition_protocol, event.rotation_time_s, event.kvp) == ("Chest", 0.49, 120.2)
    assert event.pitch == 0.844


def test_an_image_with_another_protocol_is_not_of_the_row():
    [event] = record(table(row(protocol="HEAD", kvp=120.0)), image_header()).events

    assert added(event) == {"acquisition_protocol": "HEAD", "kvp": 120}


def test_an_image_with_another_tube_voltage_is_not_of_the_row():
    [event] = record(table(row(kvp=100.0)), image_header()).events

    assert added(event) == {"kvp": 100}


def thorax_and_abdomen(**fields):
    return (
        row(protocol="CHEST", kvp=120.0, **fields),
        row(protocol="ABDOMEN", kvp=120.0, **fields),
    )


def test_rows_find_their_series_by_protocol_in_any_order():
    chest = image_header(3, SpiralPitchFactor=0.9)
    abdomen = image_header(2, ProtocolName="Abdomen", SpiralPitchFactor=1.4)

    events = record(table(*thorax_and_abdomen()), abdomen, chest).events

    assert [event.pitch for event in events] == [0.9, 1.4]
    assert [event.date_time_started[-2:] for event in events] == ["03", "02"]


def test_rows_find_their_series_by_order_where_nothing_names_them():
    first = image_header(2, SpiralPitchFactor=0.9, ProtocolName="one")
    second = image_header(3, SpiralPitchFactor=1.4, ProtocolName="two")

    events = record(table(row(), row()), second, first).events

    assert [event.pitch for event in events] == [0.9, 1.4]


def test_a_row_whose_images_never_came_is_given_none():
    """Two rows alike and one series: it can be of either."""
    events = record(table(row(kvp=120.0), row(kvp=120.0)), image_header()).events

    assert [added(event) for event in events] == [{"kvp": 120}, {"kvp": 120}]


def test_rows_alike_are_given_what_all_their_series_agree_on():
    pair = (image_header(2, SpiralPitchFactor=0.9), image_header(3, SpiralPitchFactor=1.4))

    events = record(table(*thorax_and_abdomen()[:1] * 2), *pair).events

    assert {event.rotation_time_s for event in events} == {0.5}
    assert {event.pitch for event in events} == {None}


def test_reconstructions_of_one_acquisition_count_once():
    """Two series of acquisition 2, as lung and soft tissue are reconstructed."""
    again = image_header(5, AcquisitionNumber=2)
    other = image_header(3, ProtocolName="ABDOMEN", SpiralPitchFactor=1.4)

    events = record(table(*thorax_and_abdomen()), image_header(), again, other).events

    assert [event.pitch for event in events] == [0.844, 1.4]


def test_rows_of_siemens_find_their_series_by_the_number_of_the_scan():
    screen = {"Manufacturer": "SIEMENS", "ManufacturerModelName": "Sensation 16"}
    rows = (row(label="2", acquisition_type="", kvp=120.0), row(label="3-5", kvp=120.0))
    images = (
        image_header(4, SpiralPitchFactor=1.4, ProtocolName="b", **screen),
        image_header(2, SpiralPitchFactor=0.9, ProtocolName="a", **screen),
    )

    first, second = record(table(*rows, layout="siemens"), *images, **screen).events

    assert (first.pitch, first.acquisition_type) == (0.9, "Spiral Acquisition")
    assert second.pitch == 1.4
    assert first.rotation_time_s is None, "Siemens has the time of the whole scan in Exposure Time"


GE = {"Manufacturer": "GE MEDICAL SYSTEMS", "ManufacturerModelName": "BrightSpeed"}


def test_rows_of_ge_find_their_series_by_its_number():
    rows = (row(series_number=3, protocol="Helical"), row(series_number=7, protocol="Helical"))

    first, other = record(table(*rows, layout="ge"), image_header(3, **GE), **GE).events

    assert (first.acquisition_protocol, first.kvp) == ("CHEST", 120)
    assert (other.acquisition_protocol, other.kvp) == ("Helical", None)


def test_a_series_that_contradicts_the_screen_adds_nothing_and_is_noted():
    rows = (row(series_number=3, kvp=100.0),)

    found = record(table(*rows, layout="ge"), image_header(3, **GE), **GE)

    assert added(found.events[0]) == {"kvp": 100}
    assert "Row 1: the images of its series say otherwise (tube voltage)" in found.report_comment


def test_images_of_a_ge_lightspeed_add_nothing_to_its_rows():
    scanner = GE | {"ManufacturerModelName": "LightSpeed Plus"}
    rows = (row(series_number=3, protocol="Helical"),)

    found = record(table(*rows, layout="ge"), image_header(3, **scanner), **scanner)

    assert added(found.events[0]) == {"acquisition_protocol": "Helical"}


def test_localisers_are_never_given_the_images_of_a_scan():
    rows = (row(acquisition_type=LOCALISER, kvp=120.0, dlp_mgycm=None, ctdivol_mgy=None), row())
    topogram = image_header(1, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"], ProtocolName="")

    localiser, spiral = record(table(*rows), image_header(), topogram).events

    assert added(localiser) == {"kvp": 120}
    assert spiral.pitch == 0.844


REFORMATS = (
    {"ImageType": ["DERIVED", "SECONDARY", "REFORMATTED"]},
    {"ImageType": ["ORIGINAL", "SECONDARY", "AXIAL"]},
)


@pytest.mark.parametrize("attributes", REFORMATS)
def test_images_made_of_images_add_nothing_to_a_row(attributes):
    [event] = record(table(), image_header(**attributes)).events

    assert added(event) == {}


@pytest.mark.parametrize("attributes", [{"PatientID": "0815"}, {"StudyInstanceUID": "1.2.9"}])
def test_images_of_another_patient_or_study_add_nothing(attributes):
    found = record(table(), image_header(**attributes))

    assert added(found.events[0]) == {}
    assert found.study.study_description == ""
    assert found.patient.height_m is None


def test_images_of_another_scanner_add_nothing_to_the_device():
    found = record(table(), image_header(ManufacturerModelName="Aquilion ONE"))

    assert found.device.serial_number == ""


def test_uids_of_events_stay_when_a_value_is_corrected():
    before = record(table(row(), row(dlp_mgycm=12.0)))
    after = record(table(row(), row(dlp_mgycm=120.0)))

    uids = [event.irradiation_event_uid for event in before.events]
    assert uids == [event.irradiation_event_uid for event in after.events]
    assert len(set(uids)) == 2
    assert uids != [
        event.irradiation_event_uid
        for event in record(table(row(), row()), StudyInstanceUID="1.2.9").events
    ]


def test_pictures_of_two_studies_or_patients_make_no_record():
    with pytest.raises(ContentError, match="several studies"):
        to_record(table(), [screen_header(), screen_header(StudyInstanceUID="1.2.9")], [])
    with pytest.raises(ContentError, match="several patients"):
        to_record(table(), [screen_header(), screen_header(PatientID="0815")], [])
    with pytest.raises(ContentError, match="no header"):
        to_record(table(), [], [])


def test_no_note_names_the_patient():
    found = record(table(row(series_number=3, kvp=100.0), layout="ge"), image_header(3, **GE), **GE)

    assert "Doe" not in found.report_comment
    assert "4711" not in found.report_comment
