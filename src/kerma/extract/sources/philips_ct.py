"""Philips "Dose Info" secondary captures: CT dose in the header of a picture of a dose table.

The events are in the Exposure Dose Sequence (0040,030E), which the standard has for projection
radiography, and the dose length products in private elements of ELSCINT1.
"""

import re

from msgspec.structs import replace

from kerma.dicom import tags
from kerma.dicom.codes import dcm, sct
from kerma.dicom.dataset import DataSet
from kerma.extract import header
from kerma.extract.base import DoseObject, Source, sources
from kerma.extract.concepts.ct import ACQUISITION_TYPES
from kerma.merge.sums import events_by_type, sum_of_events
from kerma.records import Code, CtEvent, StudyRecord, Totals

KIND = "Philips CT dose info"
_CREATOR = "ELSCINT1"
_PRIVATE_GROUP = 0x00E1
_DLP = 0x21
_PROTOCOL_FILE_NAME = 0x61
_DLP_OF_SERIES = re.compile(r"Series\s*#?\s*(\d{1,9})\b[^\n]*?\bDLP\s*=\s*(\d{1,9}(?:\.\d+)?)")
_DLP_OF_ALL = re.compile(r"Total\s+DLP\s*=\s*(\d{1,9}(?:\.\d+)?)")
_PICTURES = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.2",
        "1.2.840.10008.5.1.4.1.1.7",
        "1.2.840.10008.5.1.4.1.1.7.2",
        "1.2.840.10008.5.1.4.1.1.7.4",
    )
)
"""SOP classes of the pictures: CT image, and secondary captures of one and several frames."""
_TYPES = {
    "SPIRAL": sct("116152004"),
    "SEQUENCED": dcm("113804"),
    "CONSTANT_ANGLE": dcm("113805"),
    "STATIONARY": dcm("113806"),
    "FREE": dcm("113807"),
}
"""Acquisition Type (0018,9302) -> CT Acquisition Type (CID 10013)."""


def stored_form(record: StudyRecord) -> StudyRecord:
    """Return the record as it is stored: the protocol is the description one searches for.

    The object's own description, the protocol file name and the comments on radiation dose go
    into the study comment, one line each. Records of other kinds come back as they are.
    """
    study = record.study
    if record.kind != KIND:
        return record
    lines = (
        study.comment,
        study.study_description if study.protocol_name else "",
        study.protocol_file_name,
        record.dose_comments,
    )
    described = replace(
        study,
        study_description=study.protocol_name or study.study_description,
        comment="\n".join(line for line in lines if line),
    )
    return replace(record, study=described)


def _accepts(found: DoseObject) -> bool:
    """Whether it is a picture of a dose table; ordinary Philips images have private DLPs, too."""
    head = found.header
    if found.is_report or found.modality != "CT":
        return False
    if "DOSE_INFO" in head.strings(tags.ImageType):
        return bool(head.items(tags.ExposureDoseSequence) or _private(head, _DLP))
    if found.sop_class not in _PICTURES or "philips" not in found.manufacturer.casefold():
        return False
    return bool(head.items(tags.ExposureDoseSequence))


def _read(found: DoseObject) -> StudyRecord:
    head = found.header
    comments = "\n".join(head.text(tags.CommentsOnRadiationDose).splitlines()).strip()
    events = tuple(_event(item, comments) for item in head.items(tags.ExposureDoseSequence))
    return StudyRecord(
        kind=KIND,
        modality="CT",
        manufacturer=found.manufacturer,
        model=found.model,
        study=replace(
            header.study_header(head),
            protocol_file_name=_private(head, _PROTOCOL_FILE_NAME),
        ),
        device=header.device(head),
        patient=header.patient(head),
        totals=_totals(head, events, comments),
        events=events,
        dose_comments=comments,
    )


def _totals(head: DataSet, events: tuple[CtEvent, ...], comments: str) -> Totals:
    return Totals(
        events=len(events),
        events_declared=head.integer(tags.TotalNumberOfExposures),
        events_by_type=events_by_type(events),
        dlp_mgycm=_dlp_total(head, comments),
        dlp_sum_of_events_mgycm=sum_of_events("dlp_mgycm", events),
    )


def _dlp_total(head: DataSet, comments: str) -> float | None:
    """Return the DLP of all series; from the comments where private elements were removed."""
    found = _private_number(head, _DLP)
    said = _DLP_OF_ALL.search(comments)
    if found is not None or said is None:
        return found
    head.notes.append("The total DLP is taken from the comments.")
    return float(said[1])


def _event(item: DataSet, comments: str) -> CtEvent:
    """Read one item of the Exposure Dose Sequence (PS3.3 C.4.16; CT attributes of C.8.15)."""
    kind = item.first(tags.AcquisitionType)
    code = _TYPES.get(kind)
    phantom = item.code(tags.CTDIPhantomTypeCodeSequence) or Code()
    started = item.datetime(tags.AcquisitionDateTime)
    return CtEvent(
        irradiation_event_uid=item.first(tags.IrradiationEventUID),
        date_time_started=started.isoformat() if started else "",
        acquisition_protocol=item.text(tags.SeriesDescription),
        acquisition_type=ACQUISITION_TYPES[code] if code else kind.replace("_", " ").title(),
        acquisition_type_code=code.value if code else "",
        acquisition_type_in_file=kind,
        exposure_time_s=_exposure_time_s(item),
        scanning_length_mm=item.number(tags.ScanLength),
        nominal_single_collimation_mm=item.number(tags.SingleCollimationWidth),
        nominal_total_collimation_mm=item.number(tags.TotalCollimationWidth),
        pitch=item.number(tags.SpiralPitchFactor),
        kvp=item.number(tags.KVP),
        tube_current_ma=_tube_current_ma(item),
        rotation_time_s=item.number(tags.RevolutionTime),
        ctdivol_mgy=item.number(tags.CTDIvol),
        dlp_mgycm=_dlp(item, comments),
        phantom_type=phantom.meaning,
        phantom_type_code=phantom.value,
        estimated_dose_saving_percent=item.number(tags.EstimatedDoseSaving),
        filter_type=item.first(tags.FilterType),
        filter_materials=tuple(item.strings(tags.FilterMaterial)),
        series_number=item.integer(tags.SeriesNumber),
        slice_location_mm=item.number(tags.SliceLocation),
    )


def _exposure_time_s(item: DataSet) -> float | None:
    """Return the exposure time; both attributes are in ms."""
    whole = _thousandth(item, tags.ExposureTime)
    return whole if whole is not None else _thousandth(item, tags.ExposureTimeInms)


def _tube_current_ma(item: DataSet) -> float | None:
    exact = _thousandth(item, tags.XRayTubeCurrentInuA)
    if exact is not None:
        return exact
    in_ma = item.number(tags.XRayTubeCurrentInmA)
    return in_ma if in_ma is not None else item.number(tags.XRayTubeCurrent)


def _dlp(item: DataSet, comments: str) -> float | None:
    """Return the DLP of an event; from the comments where private elements were removed."""
    found = _private_number(item, _DLP)
    number = item.integer(tags.SeriesNumber)
    if found is not None or number is None:
        return found
    said = [match for match in _DLP_OF_SERIES.finditer(comments) if int(match[1]) == number]
    if len(said) == 1:
        item.notes.append(f"The DLP of series {number} is taken from the comments.")
        return float(said[0][2])
    return None


def _thousandth(item: DataSet, tag: int) -> float | None:
    value = item.number(tag)
    return None if value is None else value / 1000


def _private_number(item: DataSet, element: int) -> float | None:
    tag = _private_tag(item, element)
    return item.number(tag) if tag else None


def _private(item: DataSet, element: int) -> str:
    tag = _private_tag(item, element)
    return item.text(tag) if tag else ""


def _private_tag(item: DataSet, element: int) -> int | None:
    """Return the tag of an element of the creator, whichever block it reserved (PS3.5 7.8.1)."""
    for block in range(0x10, 0x20):
        creator = _PRIVATE_GROUP << 16 | block
        if creator in item and item.first(creator) == _CREATOR:
            return _PRIVATE_GROUP << 16 | block << 8 | element
    return None


sources.add(Source("philips_ct", _accepts, _read))
