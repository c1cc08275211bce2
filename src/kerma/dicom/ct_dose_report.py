"""A study record in, a CT dose report as a DICOM file out (PS3.16 TID 10011–10014).

For the reports that Kerma makes of what was read, estimated or typed. A number that the record
does not say is left out, also where the template demands it: see decision 0032. A code that it
demands is "Unknown".
"""

import datetime as dt
from collections.abc import Iterator

from msgspec.structs import replace
from pydicom.dataset import Dataset

from kerma.dicom import built, tags, uids
from kerma.dicom.ct_report_header import attributes
from kerma.dicom.ct_report_rows import accumulated, num_if_known, parameters, period
from kerma.dicom.encode import to_file
from kerma.dicom.files import digest
from kerma.dicom.made_here import MANUFACTURER, MODEL, OBSERVER_UID, DoseSource
from kerma.dicom.write import (
    Coded,
    code,
    container,
    datetime_,
    dcm,
    document,
    has_concept_mod,
    has_obs_context,
    num,
    text,
    uidref,
)
from kerma.errors import ContentError
from kerma.records import CtEvent, CtSource, StudyRecord, to_json

CONFIRMED = "Confirmed by a person."

_CT = ("77477000", "SCT", "Computed Tomography X-Ray")
_DIAGNOSTIC = ("261004008", "SCT", "Diagnostic Intent")
_UNKNOWN = ("261665006", "SCT", "Unknown")
_LOCALISER = "113805"
_TYPES = {
    "116152004": ("116152004", "SCT", "Spiral Acquisition"),
    "113804": ("113804", "DCM", "Sequenced Acquisition"),
    _LOCALISER: (_LOCALISER, "DCM", "Constant Angle Acquisition"),
    "113806": ("113806", "DCM", "Stationary Acquisition"),
    "113807": ("113807", "DCM", "Free Acquisition"),
    "702569007": ("702569007", "SCT", "Cone Beam Acquisition"),
}
"""Acquisition types by code value (CID 10013)."""
_PHANTOMS = {
    "113690": ("113690", "DCM", "IEC Head Dosimetry Phantom"),
    "113691": ("113691", "DCM", "IEC Body Dosimetry Phantom"),
}
"""Phantoms by code value (CID 4052): 16 and 32 cm."""


def write(record: StudyRecord, source: DoseSource, *, confirmed_by_person: bool = False) -> bytes:
    """Return the report of a CT study; the same record gives the same object.

    Parameters
    ----------
    confirmed_by_person
        Whether a person looked at the values; who it was is not part of the report.

    Raises
    ------
    ContentError
        If the record does not say to which study it belongs, or has no event.
    """
    study_uid = record.study.study_instance_uid
    if not study_uid:
        raise ContentError(
            "No dose report can be made: the objects give no Study Instance UID (0020,000D)."
        )
    if not _events(record):
        raise ContentError("No dose report can be made: there is not a single CT acquisition.")
    made = document(
        _content(record, source, confirmed_by_person),
        **attributes(record),
        SeriesInstanceUID=uids.made_of("Kerma dose reports", source.value, study_uid),
        SOPInstanceUID="",
        SpecificCharacterSet=_charset(record),
    )
    report = built.as_read(made)
    report.put(tags.SOPInstanceUID, uids.made_of("Kerma dose report", study_uid, digest(report)))
    return to_file(report)


def with_sources(event: CtEvent) -> CtEvent:
    """Return an event as it is written and read: with its one tube among its sources.

    A tube that nobody named is "A" in the report, which must have a name (TID 10013).
    """
    if event.sources:
        return event
    tube = CtSource(
        source_id="A",
        kvp=event.kvp,
        tube_current_ma=event.tube_current_ma,
        max_tube_current_ma=event.max_tube_current_ma,
        rotation_time_s=event.rotation_time_s,
    )
    return replace(event, sources=(tube,))


def _events(record: StudyRecord) -> list[CtEvent]:
    return [with_sources(event) for event in record.events if isinstance(event, CtEvent)]


def _charset(record: StudyRecord) -> str:
    """Return Latin 1 where it suffices, which older readers know better than UTF-8."""
    try:
        to_json(record).decode().encode("latin-1")
    except UnicodeEncodeError:
        return "ISO_IR 192"
    return "ISO_IR 100"


def _content(record: StudyRecord, source: DoseSource, confirmed: bool) -> Dataset:
    """Return the content tree: one line here per row of TID 10011."""
    events = _events(record)
    return container(
        dcm("113701", "X-Ray Radiation Dose Report"),
        has_concept_mod(code(dcm("121058", "Procedure reported"), _CT, _intent())),
        *_observer(),
        *_period(record),
        _scope(record),
        _accumulated(record, events),
        *[_event(event, record) for event in events],
        code(dcm("113854", "Source of Dose Information"), source.code),
        _comment(record, confirmed),
        template="10011",
    )


def _intent() -> Dataset:
    return has_concept_mod(code(("363703001", "SCT", "Has Intent"), _DIAGNOSTIC))


def _observer() -> list[Dataset]:
    """Return the software as device observer (TID 1002, 1004)."""
    rows = (
        code(dcm("121005", "Observer Type"), dcm("121007", "Device")),
        uidref(dcm("121012", "Device Observer UID"), OBSERVER_UID),
        text(dcm("121013", "Device Observer Name"), MODEL),
        text(dcm("121014", "Device Observer Manufacturer"), MANUFACTURER),
        text(dcm("121015", "Device Observer Model Name"), MODEL),
    )
    return [has_obs_context(row) for row in rows]


def _period(record: StudyRecord) -> Iterator[Dataset]:
    """Return start and end of irradiation; of the study's time only where nothing is better."""
    study = record.study
    start = record.start_of_irradiation or _moment(study.study_date, study.study_time)
    end = record.end_of_irradiation or start
    return period(start, end) if start is not None else iter(())


def _moment(date: dt.date | None, time: dt.time | None) -> dt.datetime | str | None:
    """Return date and time, or the date alone as DT text, as far as they are known."""
    if date is None or time is None:
        return f"{date:%Y%m%d}" if date else None
    return dt.datetime.combine(date, time)


def _scope(record: StudyRecord) -> Dataset:
    uid = uidref(dcm("110180", "Study Instance UID"), record.study.study_instance_uid)
    scope = code(dcm("113705", "Scope of Accumulation"), dcm("113014", "Study"), uid)
    return has_obs_context(scope)


def _accumulated(record: StudyRecord, events: list[CtEvent]) -> Dataset:
    count = record.totals.events_declared
    return accumulated(
        len(events) if count is None else count,
        record.totals.dlp_mgycm,
        list(_sub_totals(events)),
    )


def _sub_totals(events: list[CtEvent]) -> Iterator[Dataset]:
    """Yield the sums per phantom, if there are several and each event says its own."""
    sums: dict[str, list[float]] = {}
    for event in events:
        if event.dlp_mgycm is not None:
            sums.setdefault(event.phantom_type_code, []).append(event.dlp_mgycm)
    if len(sums) < 2 or not sums.keys() <= _PHANTOMS.keys():
        return
    for phantom, values in sorted(sums.items()):
        concept = dcm("130745", "CT Dose Length Product Sub-Total")
        dlp_mgycm = float(f"{sum(values):.12g}")
        yield num(concept, dlp_mgycm, "mGy.cm", has_concept_mod(_phantom(phantom)))


def _phantom(value: str) -> Dataset:
    return code(dcm("113835", "CTDIw Phantom Type"), _PHANTOMS[value])


def _event(event: CtEvent, record: StudyRecord) -> Dataset:
    """Return one acquisition (TID 10013)."""
    protocol, modulation = event.acquisition_protocol, event.modulation_type
    return container(
        dcm("113819", "CT Acquisition"),
        text(dcm("125203", "Acquisition Protocol"), protocol) if protocol else None,
        code(dcm("123014", "Target Region"), _region(event)),
        code(dcm("113820", "CT Acquisition Type"), _type(event)),
        uidref(dcm("113769", "Irradiation Event UID"), event.irradiation_event_uid),
        _started(event),
        parameters(event, list(_places(event))),
        _dose(event),
        text(dcm("113842", "X-Ray Modulation Type"), modulation) if modulation else None,
        text(dcm("121106", "Comment"), event.comment) if event.comment else None,
        _device(record),
        template="10013",
    )


def _started(event: CtEvent) -> Dataset | None:
    if not event.date_time_started:
        return None
    when = dt.datetime.fromisoformat(event.date_time_started)
    return datetime_(dcm("111526", "DateTime Started"), when)


def _region(event: CtEvent) -> Coded:
    value = event.target_region_code
    if not value:
        return _UNKNOWN
    is_snomed = value.isdecimal() and len(value) > 6
    return value, "SCT" if is_snomed else "SRT", event.target_region


def _type(event: CtEvent) -> Coded:
    by_words = {words: known for known in _TYPES.values() for words in (known[2], known[0])}
    found = by_words.get(event.acquisition_type) or _TYPES.get(event.acquisition_type_code)
    return found or _UNKNOWN


def _is_localiser(event: CtEvent) -> bool:
    return _type(event)[0] == _LOCALISER  # type: ignore[index]


def _places(event: CtEvent) -> Iterator[Dataset]:
    """Yield length and places along the table, as far as they are known."""
    rows = (
        ("113893", "Length of Reconstructable Volume", event.length_of_reconstructable_volume_mm),
        ("113899", "Exposed Range", event.exposed_range_mm),
        (
            "113895",
            "Top Z Location of Reconstructable Volume",
            event.top_z_location_of_reconstructable_volume_mm,
        ),
        (
            "113896",
            "Bottom Z Location of Reconstructable Volume",
            event.bottom_z_location_of_reconstructable_volume_mm,
        ),
        (
            "113897",
            "Top Z Location of Scanning Length",
            event.top_z_location_of_scanning_length_mm,
        ),
        (
            "113898",
            "Bottom Z Location of Scanning Length",
            event.bottom_z_location_of_scanning_length_mm,
        ),
    )
    for value, meaning, place_mm in rows:
        if place_mm is not None:
            yield num(dcm(value, meaning), place_mm, "mm")
    if event.frame_of_reference_uid:
        yield uidref(dcm("112227", "Frame of Reference UID"), event.frame_of_reference_uid)


def _dose(event: CtEvent) -> Dataset | None:
    """Return the dose; None for a localiser without."""
    phantom = event.phantom_type_code
    nothing = event.ctdivol_mgy is None and event.dlp_mgycm is None
    if nothing and _is_localiser(event):
        return None
    return container(
        dcm("113829", "CT Dose"),
        num_if_known(dcm("113830", "Mean CTDIvol"), event.ctdivol_mgy, "mGy"),
        _phantom(phantom) if phantom in _PHANTOMS else None,
        num_if_known(dcm("113838", "DLP"), event.dlp_mgycm, "mGy.cm"),
    )


def _device(record: StudyRecord) -> Dataset:
    """Return the scanner as the irradiating device (TID 1021)."""
    device = record.device
    rows = (
        ("113878", "Device Manufacturer", device.manufacturer or record.manufacturer),
        ("113879", "Device Model Name", device.model or record.model),
        ("113880", "Device Serial Number", device.serial_number),
    )
    return code(
        dcm("113876", "Device Role in Procedure"),
        dcm("113859", "Irradiating Device"),
        *[text(dcm(value, meaning), said) for value, meaning, said in rows if said],
    )


def _comment(record: StudyRecord, confirmed: bool) -> Dataset | None:
    lines = [*record.report_comment.splitlines(), *([CONFIRMED] if confirmed else [])]
    return text(dcm("121106", "Comment"), "\n".join(lines)) if lines else None
