"""What is asked of a node at each level: no more than is needed, never who the patient is."""

import datetime as dt

from pydicom import Dataset

from kerma.net.wanted import Wanted

ASKED = {
    "CT": ("CT",),
    "MG": ("MG",),
    "RF": ("RF", "XA"),
    "DX": ("DX", "CR", "PX"),
    "NM": ("NM", "PT"),
}
"""Kerma's modality -> the modalities of DICOM that it stands for."""


def study_keys(wanted: Wanted, modality: str, *, modality_too: bool = False) -> Dataset:
    """Return the keys of a study level query.

    Parameters
    ----------
    modality
        A modality of DICOM.
    modality_too
        Whether to ask for Modality as well, which is no key of this level (PS3.4 C.6.2.1.2),
        but some nodes need it.
    """
    keys = _keys("STUDY")
    keys.StudyDate = _range(wanted.date_from, wanted.date_until, "%Y%m%d")
    keys.StudyTime = _times(wanted)
    keys.ModalitiesInStudy = modality
    if modality_too:
        keys.Modality = modality
    keys.StudyDescription = ""
    keys.StationName = ""
    keys.StudyInstanceUID = ""
    keys.NumberOfStudyRelatedSeries = None
    return keys


def series_keys(study_instance_uid: str) -> Dataset:
    """Return the keys that ask for the series of a study."""
    keys = _keys("SERIES")
    keys.Modality = ""
    keys.SeriesDescription = ""
    keys.StationName = ""
    keys.StudyInstanceUID = study_instance_uid
    keys.SeriesInstanceUID = ""
    keys.SeriesNumber = None
    keys.NumberOfSeriesRelatedInstances = None
    return keys


def image_keys(study_instance_uid: str, series_instance_uid: str) -> Dataset:
    """Return the keys that ask for the objects of a series."""
    keys = _keys("IMAGE")
    keys.SOPClassUID = ""
    keys.SOPInstanceUID = ""
    keys.StudyInstanceUID = study_instance_uid
    keys.SeriesInstanceUID = series_instance_uid
    keys.InstanceNumber = None
    return keys


def fetch_keys(study: str, series: str, image: str = "") -> Dataset:
    """Return the unique keys of what is to be sent: a series, or one object of it."""
    keys = _keys("IMAGE" if image else "SERIES")
    keys.StudyInstanceUID = study
    keys.SeriesInstanceUID = series
    if image:
        keys.SOPInstanceUID = image
    return keys


def dates_of(wanted: Wanted) -> str:
    """Return the dates and times asked for, in words."""
    first, last = wanted.date_from, wanted.date_until
    if first and first == last:
        days = f"on {first}"
    else:
        bounds = (f"from {first}" if first else "", f"until {last}" if last else "")
        days = " ".join(filter(None, bounds)) or "of any date"
    hours = _times(wanted)
    return f"{days}, {hours[:4]} to {hours[7:11]} h" if hours else days


def _keys(level: str) -> Dataset:
    keys = Dataset()
    keys.QueryRetrieveLevel = level
    return keys


def _range(start: dt.date | None, end: dt.date | None, form: str) -> str:
    """Return a range as PS3.4 C.2.2.2.5 writes it: a single value, open at a side, or ""."""
    first = start.strftime(form) if start else ""
    last = end.strftime(form) if end else ""
    if first == last:
        return first
    return f"{first}-{last}"


def _times(wanted: Wanted) -> str:
    """Return the range of times; the minutes named are within it, and it ends with the day."""
    if wanted.time_from is None and wanted.time_until is None:
        return ""
    first = (wanted.time_from or dt.time(0, 0)).strftime("%H%M00")
    last = (wanted.time_until or dt.time(23, 59)).strftime("%H%M59")
    return f"{first}-{last}"
