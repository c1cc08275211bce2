"""Tables of dose screens and headers beside them, for the tests of the records made of them."""

from typing import Any

from kerma.dicom.files import read_bytes
from kerma.dicom.write import instance, to_bytes
from kerma.screens.reading import ScanRow, ScreenTable

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"
SPIRAL, LOCALISER = "Spiral Acquisition", "Constant Angle Acquisition"
STUDY = "1.2.840.1.1"

COMMON: dict[str, Any] = {
    "StudyInstanceUID": STUDY,
    "Modality": "CT",
    "Manufacturer": "TOSHIBA",
    "ManufacturerModelName": "Aquilion CX",
    "InstitutionName": "Klinik Süd",
    "StationName": "CT1",
    "PatientName": "Doe^Jane",
    "PatientID": "4711",
    "PatientBirthDate": "19500102",
    "PatientSex": "F",
    "StudyDate": "20100305",
    "StudyTime": "101500",
    "AccessionNumber": "A17",
    "Rows": 512,
    "Columns": 512,
}


def _header(sop_class: str, given: dict[str, Any]) -> Any:
    return read_bytes(to_bytes(instance(sop_class, **given))).data_set


def screen_header(**attributes: Any) -> Any:
    """Return the header of a picture of a dose screen."""
    own = {"SeriesInstanceUID": f"{STUDY}.9", "SeriesNumber": 9000, "SeriesDescription": "SC"}
    shown = {"ContentDate": "20100305", "ContentTime": "103000"}
    return _header(SECONDARY_CAPTURE, COMMON | own | shown | attributes)


def image_header(number: int = 2, **attributes: Any) -> Any:
    """Return the header of one image of the series and acquisition of this number."""
    own = {
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SeriesInstanceUID": f"{STUDY}.{number}",
        "SeriesNumber": number,
        "AcquisitionNumber": number,
        "AcquisitionDate": "20100305",
        "AcquisitionTime": f"1020{number:02d}",
        "StudyDescription": "CT thorax",
        "RequestAttributesSequence": {"RequestedProcedureDescription": "Thorax with contrast"},
        "SoftwareVersions": "V4.51ER014",
        "DeviceSerialNumber": "2CA0910",
        "OperatorsName": ["Alpha", "Beta"],
        "PatientSize": 1.71,
        "PatientWeight": 68.5,
        "PatientAge": "060Y",
        "ProtocolName": "CHEST",
        "BodyPartExamined": "CHEST",
        "KVP": 120.0,
        "ExposureTime": 500,
        "SpiralPitchFactor": 0.844,
        "SingleCollimationWidth": 0.5,
        "TotalCollimationWidth": 32.0,
        "ExposureModulationType": "ANGULAR",
    }
    return _header(CT_IMAGE, COMMON | own | attributes)


def row(**fields: Any) -> ScanRow:
    """Return a spiral with the dose for 32 cm."""
    given = {
        "acquisition_type": SPIRAL,
        "ctdivol_mgy": 17.9,
        "dlp_mgycm": 1299.5,
        "phantom_mm": 320,
    }
    return ScanRow(**(given | fields))


def table(*rows: ScanRow, layout: str = "toshiba", **fields: Any) -> ScreenTable:
    """Return the table of these rows."""
    return ScreenTable(layout=layout, rows=rows or (row(),), **fields)
