"""Headers of CT images for estimates of dose: a thorax of 30 cm at 8 mGy, so 240 mGy cm."""

from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, EnhancedCTImageStorage

from kerma.dicom.write import dataset, instance, to_bytes

UID = "1.2.3.4.50"


def ct_header(number: int = 1, **more: Any) -> bytes:
    """Return an axial image without pixels, the `number`-th of 60 of 5 mm."""
    attributes: dict[str, Any] = {
        "StudyInstanceUID": UID,
        "SeriesInstanceUID": f"{UID}.2",
        "SOPInstanceUID": f"{UID}.2.{number}",
        "Modality": "CT",
        "Manufacturer": "Acme",
        "ManufacturerModelName": "Slice 16",
        "DeviceSerialNumber": "S1",
        "StationName": "CT1",
        "SoftwareVersions": "1.0",
        "InstitutionName": "St. Elsewhere",
        "StudyDate": "20100504",
        "StudyTime": "100000",
        "AcquisitionDate": "20100504",
        "AcquisitionTime": f"1000{10 + number // 10:02d}.{number % 10}",
        "PatientID": "P-4711",
        "PatientName": "Roe^Jane",
        "PatientBirthDate": "19500504",
        "PatientSex": "F",
        "StudyDescription": "Thorax",
        "ProtocolName": "Thorax routine",
        "ImageType": ["ORIGINAL", "PRIMARY", "AXIAL"],
        "SeriesNumber": 2,
        "AcquisitionNumber": 1,
        "InstanceNumber": number,
        "ImagePositionPatient": [-200, -200, -5.0 * number],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "SliceThickness": "5",
        "KVP": "120",
        "XRayTubeCurrent": "200",
        "SpiralPitchFactor": 1.2,
        "RevolutionTime": 0.5,
        "SingleCollimationWidth": 0.75,
        "TotalCollimationWidth": 12.0,
        "CTDIvol": 8.0,
        "CTDIPhantomTypeCodeSequence": ("113691", "DCM", "IEC Body Dosimetry Phantom"),
    }
    return to_bytes(instance(CTImageStorage, **(attributes | more)))


def thorax(numbers: range = range(1, 61), **more: Any) -> list[bytes]:
    """Return the images of the whole scan, or some of them."""
    return [ct_header(number, **more) for number in numbers]


def enhanced(frames: int = 60) -> bytes:
    """Return the same scan as one enhanced object."""
    shared = dataset(
        PlaneOrientationSequence={"ImageOrientationPatient": [1, 0, 0, 0, 1, 0]},
        PixelMeasuresSequence={"SliceThickness": "5", "PixelSpacing": [0.8, 0.8]},
        CTImageFrameTypeSequence={"FrameType": ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"]},
        CTAcquisitionTypeSequence={"AcquisitionType": "SPIRAL"},
        CTAcquisitionDetailsSequence={"RevolutionTime": 0.5, "TotalCollimationWidth": 12.0},
        CTTableDynamicsSequence={"SpiralPitchFactor": 1.2},
        CTXRayDetailsSequence={"KVP": "120"},
    )
    return to_bytes(
        instance(
            EnhancedCTImageStorage,
            StudyInstanceUID=UID,
            Modality="CT",
            Manufacturer="Acme",
            ManufacturerModelName="Slice 16",
            StudyDate="20100504",
            ImageType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"],
            AcquisitionNumber=1,
            AcquisitionProtocolName="Thorax routine",
            SharedFunctionalGroupsSequence=shared,
            PerFrameFunctionalGroupsSequence=[_frame(number) for number in range(frames)],
        )
    )


def _frame(number: int) -> Dataset:
    return dataset(
        PlanePositionSequence={"ImagePositionPatient": [-200, -200, -5.0 * number]},
        FrameContentSequence={
            "FrameAcquisitionNumber": 1,
            "FrameAcquisitionDateTime": f"201005041000{10 + number // 10:02d}.{number % 10}",
        },
        CTExposureSequence={
            "CTDIvol": 8.0,
            "XRayTubeCurrentInmA": 200.0,
            "CTDIPhantomTypeCodeSequence": ("113691", "DCM", "IEC Body Dosimetry Phantom"),
        },
    )
