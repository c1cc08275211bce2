"""A believed table and headers in, the record of the study out.

The values of the screen win; headers only add what it does not say.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from kerma.dicom import tags, uids
from kerma.dicom.ct_dose_report import with_sources
from kerma.dicom.dataset import DataSet, as_datetime
from kerma.errors import ContentError
from kerma.extract import header
from kerma.extract.screens.match import Verdict, candidates, verdicts
from kerma.extract.screens.series import Series, series_of
from kerma.extract.screens.supplement import supplement
from kerma.merge.fields import fill
from kerma.merge.sums import events_by_type, exact_sum, sum_of_events
from kerma.records import CtEvent, Device, Patient, StudyHeader, StudyRecord, Totals
from kerma.screens.reading import ScanRow, ScreenTable

KIND = "CT dose screen"

_MAKERS = {
    "siemens": "Siemens",
    "ge": "GE",
    "toshiba": "Toshiba",
    "canon": "Canon",
    "philips": "Philips",
}
_TYPE_CODES = {
    "Spiral Acquisition": "116152004",
    "Sequenced Acquisition": "113804",
    "Constant Angle Acquisition": "113805",
    "Stationary Acquisition": "113806",
    "Free Acquisition": "113807",
}
_PHANTOMS = {
    160: ("IEC Head Dosimetry Phantom", "113690"),
    320: ("IEC Body Dosimetry Phantom", "113691"),
}
_OF_ITS_OWN = frozenset(
    (
        "series_instance_uid",
        "sop_instance_uid",
        "sop_class_uid",
        "series_description",
        "series_number",
        "instance_number",
        "content_date",
        "content_time",
        "completion_flag",
        "verification_flag",
        "protocol_name",
        "comment",
        "date_of_last_calibration",
    )
)
"""Attributes of one series or object, which a report does not take over from another."""


def to_record(
    table: ScreenTable, screen_headers: Sequence[DataSet], image_headers: Sequence[DataSet]
) -> StudyRecord:
    """Return what a dose screen says, with what the headers of its study add.

    Parameters
    ----------
    screen_headers
        Of the pictures of the table, at least one.
    image_headers
        Of images of the same study, one of each series or more; may be none.

    Raises
    ------
    ContentError
        If there is no header, or the pictures are of several studies.
    """
    first = _first(screen_headers)
    beside = [one for one in image_headers if _same_patient(first, one)]
    made = () if _is_known_poor(first) else series_of(beside)
    chosen = candidates(table.rows, made, table.layout)
    notes = [f"Read from a dose screen ({_MAKERS.get(table.layout, table.layout)})."]
    events = []
    for number, (row, found) in enumerate(zip(table.rows, chosen, strict=True), start=1):
        agreeing, said = _agreeing(row, found, number)
        notes += said
        event = _event(row, first.first(tags.StudyInstanceUID), number, table.layout)
        event = supplement(event, agreeing)
        events.append(with_sources(_named(event, row)))
    totals, said = _totals(table, events)
    study, device, patient = _header(table, screen_headers, beside)
    start, end = _period(table, made)
    return StudyRecord(
        kind=KIND,
        modality="CT",
        manufacturer=device.manufacturer,
        model=device.model,
        study=study,
        device=device,
        patient=patient,
        totals=totals,
        events=tuple(events),
        start_of_irradiation=start,
        end_of_irradiation=end,
        report_comment="\n".join([*notes, *said]),
    )


def _first(screens: Sequence[DataSet]) -> DataSet:
    if not screens:
        raise ContentError("There is no header of a picture to build a dose report from.")
    if len({one.first(tags.StudyInstanceUID) for one in screens}) > 1:
        raise ContentError("The pictures of the dose screen are of several studies.")
    if len({one.text(tags.PatientID) for one in screens}) > 1:
        raise ContentError("The pictures of the dose screen are of several patients.")
    return screens[0]


def _same_patient(screen: DataSet, image: DataSet) -> bool:
    """Whether an image is of the study and the patient of the screen, so that it may add to it."""
    return all(
        screen.text(tag) == image.text(tag) for tag in (tags.StudyInstanceUID, tags.PatientID)
    )


def _is_known_poor(screen: DataSet) -> bool:
    """Whether it is of a GE LightSpeed, whose images add nothing that can be relied upon."""
    maker = screen.text(tags.Manufacturer).casefold()
    model = screen.text(tags.ManufacturerModelName).casefold()
    return maker.startswith("ge") and "lightspeed" in model.replace(" ", "")


def _agreeing(
    row: ScanRow, found: tuple[Series, ...], number: int
) -> tuple[tuple[Series, ...], list[str]]:
    """Return the acquisitions without one that contradicts the row, and a note for each."""
    kept, notes = [], []
    for one in found:
        differing = [
            name for name, verdict in verdicts(row, one).items() if verdict is Verdict.DIFFERS
        ]
        if differing:
            notes.append(
                f"Row {number}: the images of its series say otherwise ({', '.join(differing)}); "
                "the dose screen is followed and nothing is taken from them."
            )
        else:
            kept.append(one)
    return tuple(kept), notes


def _event(row: ScanRow, study_uid: str, number: int, layout: str) -> CtEvent:
    """Return one row; its UID follows from the study and the place of the row alone."""
    phantom, phantom_code = _PHANTOMS.get(row.phantom_mm or 0, ("", ""))
    return CtEvent(
        irradiation_event_uid=uids.made_of("Kerma screen row", study_uid, str(number)),
        acquisition_protocol="" if layout == "ge" else row.protocol,
        acquisition_type=row.acquisition_type,
        acquisition_type_code=_TYPE_CODES.get(row.acquisition_type, ""),
        exposure_time_s=row.exposure_time_s,
        scanning_length_mm=row.scanning_length_mm,
        nominal_single_collimation_mm=row.collimation_mm if layout == "siemens" else None,
        pitch=row.pitch,
        kvp=row.kvp,
        tube_current_ma=row.tube_current_ma,
        rotation_time_s=row.rotation_time_s,
        ctdivol_mgy=row.ctdivol_mgy,
        dlp_mgycm=row.dlp_mgycm,
        phantom_type=phantom,
        phantom_type_code=phantom_code,
        comment=_comment(row),
    )


def _named(event: CtEvent, row: ScanRow) -> CtEvent:
    """Return an event with a protocol; on GE's screens only the type of scan may stand for it."""
    return replace(event, acquisition_protocol=event.acquisition_protocol or row.protocol)


def _comment(row: ScanRow) -> str:
    """Return in words what the report has no place for."""
    said = []
    if row.exposure_mas is not None:
        said.append(f"{row.exposure_mas:g} mAs")
    if row.reference_mas is not None:
        said.append(f"reference {row.reference_mas:g} mAs")
    if row.label:
        said.append(f"scan {row.label}")
    return ", ".join(said)


def _totals(table: ScreenTable, events: Sequence[CtEvent]) -> tuple[Totals, list[str]]:
    """Return the totals, and where the total comes from if it is not printed."""
    total, notes = _total(table, events)
    return Totals(
        events=len(events),
        events_declared=len(events),
        events_by_type=events_by_type(events),
        dlp_mgycm=total,
        dlp_sum_of_events_mgycm=sum_of_events("dlp_mgycm", events),
    ), notes


def _total(table: ScreenTable, events: Sequence[CtEvent]) -> tuple[float | None, list[str]]:
    head, body = table.total_dlp_head_mgycm, table.total_dlp_body_mgycm
    if table.total_dlp_mgycm is not None:
        return table.total_dlp_mgycm, []
    if head is not None and body is not None:
        parts = f"{head:g} mGy·cm (16 cm) and {body:g} mGy·cm (32 cm)"
        return exact_sum([head, body]), [f"The total DLP is the sum for both phantoms: {parts}."]
    if head is not None or body is not None:
        return (body if head is None else head), []
    lacking = [e for e in events if e.ctdivol_mgy is not None and e.dlp_mgycm is None]
    if lacking:
        return None, ["The dose screen gives no total DLP."]
    found = sum_of_events("dlp_mgycm", events)
    return found, ["The dose screen gives no total DLP; it is the sum of its rows."]


def _header(
    table: ScreenTable, screens: Sequence[DataSet], images: Sequence[DataSet]
) -> tuple[StudyHeader, Device, Patient]:
    """Return study, scanner and patient, by the first of the headers that says each."""
    own = [one for one in images if _same_scanner(screens[0], one)]
    headers = [header.study_header(one) for one in (*screens, *own)]
    plain = {name: getattr(StudyHeader(), name) for name in _OF_ITS_OWN}
    study = fill(replace(headers[0], **plain), headers[1:], but=_OF_ITS_OWN)
    study = replace(
        study,
        study_description=study.study_description or table.exam_description,
        series_description="Dose report of a dose screen",
        **_shown(screens),
    )
    device = fill(header.device(screens[0]), [header.device(one) for one in (*screens[1:], *own)])
    patient = fill(
        header.patient(screens[0]), [header.patient(one) for one in (*screens[1:], *images)]
    )
    return study, device, patient


def _same_scanner(screen: DataSet, image: DataSet) -> bool:
    return all(
        not screen.text(tag) or screen.text(tag) == image.text(tag)
        for tag in (tags.Manufacturer, tags.ManufacturerModelName)
    )


def _shown(screens: Sequence[DataSet]) -> dict[str, dt.date | dt.time | None]:
    """Return date and time of the content: when the last of the pictures was made."""
    times = [
        (date, one.time(tags.ContentTime) or dt.time())
        for one in screens
        if (date := one.date(tags.ContentDate))
    ]
    if not times:
        return {"content_date": None, "content_time": None}
    date, time = max(times)
    return {"content_date": date, "content_time": time}


def _period(
    table: ScreenTable, made: Iterable[Series]
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return start and end of irradiation: by the images, else the time on the screen."""
    images = [time for one in made for time in (one.started, one.ended) if time]
    said = images or ([table.date_time] if table.date_time else [])
    times = sorted(time for one in said if (time := as_datetime(one)))
    return (times[0], times[-1]) if times else (None, None)
