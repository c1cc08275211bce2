import pytest

from kerma.dicom import write
from kerma.dicom.write import dataset
from kerma.errors import NoDose
from kerma.extract.sources.philips_ct import stored_form
from tests.extract.ct_reports import read, report

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
COMMENTS = "Series #3 PRE KIDNEYS Average CTDIvol=7.2 DLP=196.0\r\nTotal DLP=202.5"


def with_private(ds, block=0x10, **values):
    """Add elements of ELSCINT1 in group 00E1 in the block."""
    tags = {"dlp": (0x21, "DS"), "protocol_file_name": (0x61, "LO")}
    ds.add_new((0x00E1, block), "LO", "ELSCINT1")
    for name, value in values.items():
        element, vr = tags[name]
        ds.add_new((0x00E1, block << 8 | element), vr, value)
    return ds


def item(**attributes):
    defaults = {
        "SeriesNumber": 3,
        "SeriesDescription": "PRE KIDNEYS",
        "KVP": 120.0,
        "ExposureTime": 6986,
        "XRayTubeCurrentInuA": 165044.374,
        "AcquisitionType": "SPIRAL",
        "SpiralPitchFactor": 0.835,
        "ScanLength": 231,
        "SingleCollimationWidth": 1.5,
        "TotalCollimationWidth": 24.0,
        "CTDIvol": 7.2,
        "FilterMaterial": ["TEFLON", "TITANIUM 1_2MM"],
    }
    return dataset(**defaults | attributes)


def dose_info(*items, **attributes):
    defaults = {
        "Modality": "CT",
        "Manufacturer": "Philips",
        "ImageType": ["DERIVED", "SECONDARY", "DOSE_INFO"],
        "StudyDescription": "CT abdomen",
        "ProtocolName": "Abdomen/IH_2mm",
        "TotalNumberOfExposures": len(items),
        "ExposureDoseSequence": list(items),
        "CommentsOnRadiationDose": COMMENTS,
        "Rows": 512,
    }
    return write.instance(SECONDARY_CAPTURE, **defaults | attributes)


def test_a_series_is_an_event_in_our_units():
    record = read(with_private(dose_info(with_private(item(), dlp="196.01")), dlp="202.46"))

    assert (record.kind, record.modality) == ("Philips CT dose info", "CT")
    assert (record.totals.events, record.totals.events_declared) == (1, 1)
    assert (record.totals.dlp_mgycm, record.totals.dlp_sum_of_events_mgycm) == (202.46, 196.01)
    (found,) = record.events
    assert (found.acquisition_protocol, found.series_number) == ("PRE KIDNEYS", 3)
    assert (found.acquisition_type, found.acquisition_type_in_file) == (
        "Spiral Acquisition",
        "SPIRAL",
    )
    assert (found.exposure_time_s, found.tube_current_ma) == (6.986, 165.044374)
    assert (found.scanning_length_mm, found.pitch, found.kvp) == (231, 0.835, 120)
    assert (found.nominal_single_collimation_mm, found.nominal_total_collimation_mm) == (1.5, 24)
    assert (found.ctdivol_mgy, found.dlp_mgycm) == (7.2, 196.01)
    assert found.filter_materials == ("TEFLON", "TITANIUM 1_2MM")
    assert record.notes == ()


@pytest.mark.parametrize(
    ("term", "meaning"),
    [
        ("SEQUENCED", "Sequenced Acquisition"),
        ("CONSTANT_ANGLE", "Constant Angle Acquisition"),
        ("STATIONARY", "Stationary Acquisition"),
        ("FREE", "Free Acquisition"),
        ("", ""),
    ],
)
def test_acquisition_types_have_the_names_of_dose_reports(term, meaning):
    assert read(dose_info(item(AcquisitionType=term))).events[0].acquisition_type == meaning


def test_private_elements_are_found_in_whatever_block_they_are():
    made = with_private(dose_info(with_private(item(), 0x12, dlp="196.01")), 0x11, dlp="202.46")

    record = read(made)

    assert (record.events[0].dlp_mgycm, record.totals.dlp_mgycm) == (196.01, 202.46)


def test_without_private_elements_the_comments_say_the_dlp():
    record = read(dose_info(item(), item(SeriesNumber=9)))

    assert [event.dlp_mgycm for event in record.events] == [196.0, None]
    assert record.totals.dlp_mgycm == 202.5
    assert record.notes == (
        "The DLP of series 3 is taken from the comments.",
        "The total DLP is taken from the comments.",
    )


def test_the_tube_current_in_ma_is_taken_where_there_is_no_finer_one():
    found = read(dose_info(item(XRayTubeCurrentInuA=None, XRayTubeCurrent=50))).events[0]

    assert found.tube_current_ma == 50


def test_description_protocol_and_comments_are_kept_apart():
    record = read(with_private(dose_info(item()), protocol_file_name="Abdomen_1240_usr.proc"))

    assert record.study.study_description == "CT abdomen"
    assert record.study.protocol_name == "Abdomen/IH_2mm"
    assert record.study.protocol_file_name == "Abdomen_1240_usr.proc"
    assert record.dose_comments.splitlines() == COMMENTS.splitlines()


def test_what_is_stored_is_described_by_its_protocol():
    record = read(with_private(dose_info(item()), protocol_file_name="Abdomen_1240_usr.proc"))

    study = stored_form(record).study

    assert study.study_description == "Abdomen/IH_2mm"
    assert study.comment.splitlines() == [
        "CT abdomen",
        "Abdomen_1240_usr.proc",
        *COMMENTS.splitlines(),
    ]


def test_without_protocol_the_stored_description_is_the_object_s_own():
    study = stored_form(read(dose_info(item(), ProtocolName=""))).study

    assert study.study_description == "CT abdomen"


def test_other_records_are_stored_as_they_are():
    record = read(report(StudyDescription="Thorax", ProtocolName="TAP"))

    assert stored_form(record) is record


def test_an_ordinary_image_with_a_private_dlp_is_no_dose_info():
    image = write.instance(
        "1.2.840.10008.5.1.4.1.1.2", Modality="CT", Manufacturer="Philips", Rows=512,
        ImageType=["ORIGINAL", "PRIMARY", "AXIAL"],
    )  # fmt: skip

    with pytest.raises(NoDose, match="CT image carries no dose"):
        read(with_private(image, dlp="12"))


def test_a_picture_of_a_dose_table_without_values_carries_no_dose():
    with pytest.raises(NoDose):
        read(dose_info())
