"""NM and PET images: the radiopharmaceutical attributes of PS3.3 C.8.4 and C.8.9, tiny pixels."""

from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import NuclearMedicineImageStorage, PositronEmissionTomographyImageStorage

from kerma.demo.objects import header
from kerma.demo.terms import term
from kerma.dicom.write import instance
from kerma.records import Administration, ImageSeries, StudyRecord

SOP_CLASSES = {
    "NM": str(NuclearMedicineImageStorage),
    "PT": str(PositronEmissionTomographyImageStorage),
}


def write(record: StudyRecord, old: bool) -> Dataset:
    """Return the first image of the record's only series."""
    kind, series = record.kind.split()[0], record.series[0]
    own = _pet(series) if kind == "PT" else _planar(series)
    given = [event for event in record.events if isinstance(event, Administration)]
    pharmaceuticals = [_pharmaceutical(each, kind, old) for each in given]
    attributes = {
        **header.attributes(record),
        **_series(series),
        **own,
        "Modality": kind,
        "RadiopharmaceuticalInformationSequence": pharmaceuticals,
    }
    return instance(record.study.sop_class_uid, **attributes)


def _pharmaceutical(given: Administration, kind: str, old: bool) -> dict[str, Any]:
    """Return one item; the activity is in Bq in PET images, in MBq in NM images."""
    activity_mbq = given.administered_activity_mbq
    return {
        "Radiopharmaceutical": given.radiopharmaceutical,
        "RadiopharmaceuticalAdministrationEventUID": given.administration_event_uid,
        "RadiopharmaceuticalStartTime": given.start_time,
        "RadiopharmaceuticalStartDateTime": given.start,
        "RadiopharmaceuticalStopDateTime": given.stop,
        "RadionuclideTotalDose": None
        if activity_mbq is None
        else activity_mbq * (1e6 if kind == "PT" else 1.0),
        "RadionuclideHalfLife": given.radionuclide_half_life_s,
        "RadionuclideCodeSequence": term(given.radionuclide, old),
        "RadiopharmaceuticalCodeSequence": term(given.radiopharmaceutical_agent, old),
    }


def _series(series: ImageSeries) -> dict[str, Any]:
    when = series.series_date_time
    duration_ms = series.actual_frame_duration_ms
    return {
        "ImageType": ["ORIGINAL", "PRIMARY"],
        "SeriesDate": when.date() if when else None,
        "SeriesTime": when.time() if when else None,
        "AcquisitionDate": when.date() if when else None,
        "AcquisitionTime": when.time() if when else None,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "Rows": 8,
        "Columns": 8,
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 0,
        "PixelData": b"\x00\x01" * 64,
        "ActualFrameDuration": None if duration_ms is None else int(duration_ms),
    }


def _pet(series: ImageSeries) -> dict[str, Any]:
    """Return the PET series attributes (PS3.3 C.8.9.1)."""
    return {
        "Units": series.units,
        "CountsSource": series.counts_source,
        "SeriesType": list(series.series_type),
        "CorrectedImage": list(series.corrected_image),
        "DecayCorrection": series.decay_correction,
        "RandomsCorrectionMethod": series.randoms_correction,
        "AttenuationCorrectionMethod": series.attenuation_correction,
        "ScatterCorrectionMethod": series.scatter_correction,
        "ReconstructionMethod": series.reconstruction_method,
        "NumberOfSlices": series.number_of_slices,
        "RescaleIntercept": 0,
        "RescaleSlope": 1,
        "EnergyWindowRangeSequence": _windows(series),
    }


def _planar(series: ImageSeries) -> dict[str, Any]:
    """Return the attributes of one static frame (PS3.3 C.8.4)."""
    return {
        "NumberOfFrames": 1,
        "NumberOfEnergyWindows": 1,
        "NumberOfDetectors": 1,
        "EnergyWindowInformationSequence": {"EnergyWindowRangeSequence": _windows(series)},
        "DetectorInformationSequence": {"CollimatorType": series.collimator},
    }


def _windows(series: ImageSeries) -> list[dict[str, float | None]]:
    return [
        {"EnergyWindowLowerLimit": each.lower_kev, "EnergyWindowUpperLimit": each.upper_kev}
        for each in series.energy_windows
    ]
