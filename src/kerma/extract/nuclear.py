"""Header of an NM or PET image in; its administrations and its series out (PS3.3 C.8.4, C.8.9)."""

import datetime as dt

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.errors import NoDose
from kerma.extract import header as headers
from kerma.extract.base import DoseObject
from kerma.extract.image_header import ImageHeader, date_time_of, scaled, words
from kerma.records import Administration, EnergyWindow, ImageSeries, StudyRecord, Totals
from kerma.records.nuclear import Phase, Rotation


def read_image(found: DoseObject, kind: str, activity_to_mbq: float) -> StudyRecord:
    """Return the record of an image of `kind`, Radionuclide Total Dose times `activity_to_mbq`.

    Raises
    ------
    NoDose
        If the image has no Radiopharmaceutical Information Sequence (0054,0016). An empty one
        is read: the examination took place, but nobody entered what was given.
    """
    header = found.header
    if tags.RadiopharmaceuticalInformationSequence not in header:
        raise NoDose(f"This {kind} names no radiopharmaceutical.")
    events = _administrations(header, activity_to_mbq)
    series = image_series(header)
    return StudyRecord(
        kind=kind,
        modality="NM",
        manufacturer=found.manufacturer,
        model=found.model,
        study=headers.study_header(header),
        device=headers.device(header),
        patient=headers.patient(header),
        totals=totals(events),
        events=events,
        series=(series,),
        image=series,
    )


def totals(events: tuple[Administration, ...]) -> Totals:
    """Return the sums over the administrations, None where none of them says it."""
    activities = [event.administered_activity_mbq for event in events]
    doses = [event.effective_dose_msv for event in events]
    return Totals(
        events=len(events),
        administered_activity_mbq=_sum(activities),
        effective_dose_msv=_sum(doses),
    )


def _sum(values: list[float | None]) -> float | None:
    given = [value for value in values if value is not None]
    return scaled(sum(given), 1.0) if given else None


def _administrations(header: DataSet, activity_to_mbq: float) -> tuple[Administration, ...]:
    """Return one administration for each item that says something, equal items once.

    Cameras repeat the item for each energy window of one radiopharmaceutical.
    """
    found: list[Administration] = []
    for item in header.items(tags.RadiopharmaceuticalInformationSequence):
        event = _administration(item, header, activity_to_mbq)
        if event == Administration():
            continue
        if event in found:
            header.notes.append("A radiopharmaceutical is described twice, word for word.")
        else:
            found.append(event)
    if not found:
        header.notes.append("The image does not say which radiopharmaceutical was given.")
    return tuple(found)


_MICROMOLE = 1e6
"""Bq/µmol (PS3.3 C.8.9.2) to Bq/mol."""


def _administration(item: DataSet, header: DataSet, activity_to_mbq: float) -> Administration:
    """Read one item of the Radiopharmaceutical Information Sequence."""
    nuclide = item.code(tags.RadionuclideCodeSequence)
    agent = item.code(tags.RadiopharmaceuticalCodeSequence)
    route = item.code(tags.AdministrationRouteCodeSequence)
    activity = scaled(item.number(tags.RadionuclideTotalDose), activity_to_mbq)
    if activity is not None and not _CREDIBLE_MBQ[0] <= activity <= _CREDIBLE_MBQ[1]:
        header.notes.append(
            f"An administered activity of {activity:g} MBq cannot be right; it is as the object "
            "says by the standard's unit."
        )
    return Administration(
        administration_event_uid=item.first(tags.RadiopharmaceuticalAdministrationEventUID),
        radiopharmaceutical=item.text(tags.Radiopharmaceutical),
        radiopharmaceutical_agent=words(agent),
        radionuclide=words(nuclide),
        radionuclide_code=nuclide.value if nuclide else "",
        radionuclide_half_life_s=item.number(tags.RadionuclideHalfLife),
        radiopharmaceutical_specific_activity_bq_per_mol=scaled(
            item.number(tags.RadiopharmaceuticalSpecificActivity), _MICROMOLE
        ),
        administered_activity_mbq=activity,
        start=_when(item, header, tags.RadiopharmaceuticalStartDateTime, _START),
        stop=_when(item, header, tags.RadiopharmaceuticalStopDateTime, _STOP),
        start_time=item.time(_START),
        route=words(route) or item.text(tags.RadiopharmaceuticalRoute),
        volume_cm3=item.number(tags.RadiopharmaceuticalVolume),
    )


_CREDIBLE_MBQ = (1e-3, 1e5)
"""From the smallest diagnostic activities to more than any therapy; 0 is kept with a note."""
_START, _STOP = tags.RadiopharmaceuticalStartTime, tags.RadiopharmaceuticalStopTime
_DATE_ONLY = len("20220224")
_HALF_A_DAY = dt.timedelta(hours=12)
_SERIES = (
    (tags.SeriesDate, tags.SeriesTime),
    (tags.AcquisitionDate, tags.AcquisitionTime),
    (tags.StudyDate, tags.StudyTime),
)


def _when(item: DataSet, header: DataSet, date_time: int, time: int) -> dt.datetime | None:
    """Return a date and time; a time alone is that of the series' day or of the day before.

    A time of day half a day or more after the series began is that of the evening before.
    """
    given, alone = item.datetime(date_time), item.time(time)
    if given is not None and alone is not None and len(item.first(date_time)) <= _DATE_ONLY:
        return dt.datetime.combine(given, alone)
    series = date_time_of(header, _SERIES)
    if given is not None or alone is None or series is None:
        return given
    start = dt.datetime.combine(series.date(), alone)
    if start - series >= _HALF_A_DAY:
        header.notes.append("The radiopharmaceutical was given before midnight of the series.")
        return start - dt.timedelta(days=1)
    _note(header, "The image gives the time of administration only; its date is the series'.")
    return start


def _note(header: DataSet, sentence: str) -> None:
    if sentence not in header.notes:
        header.notes.append(sentence)


def image_series(header: DataSet) -> ImageSeries:
    """Return what holds for the series (PS3.3 C.8.4.8 to C.8.4.16, C.8.9.1, C.8.9.4)."""
    image = ImageHeader(header)
    rotations = _rotations(header)
    orientation = next(iter(image.items(tags.PatientOrientationCodeSequence)), None)
    duration = image.number(tags.ActualFrameDuration)
    if duration is None and rotations:
        duration = rotations[0].actual_frame_duration_ms if len(rotations) == 1 else None
    return ImageSeries(
        series_instance_uid=header.first(tags.SeriesInstanceUID),
        series_description=header.text(tags.SeriesDescription),
        series_date_time=date_time_of(header, _SERIES[:2]),
        number_of_slices=header.integer(tags.NumberOfSlices),
        frames=header.integer(tags.NumberOfFrames),
        units=header.text(tags.Units),
        counts_source=header.text(tags.CountsSource),
        series_type=tuple(header.strings(tags.SeriesType)),
        corrected_image=tuple(header.strings(tags.CorrectedImage)),
        decay_correction=header.text(tags.DecayCorrection),
        randoms_correction=header.text(tags.RandomsCorrectionMethod),
        attenuation_correction=header.text(tags.AttenuationCorrectionMethod),
        scatter_correction=header.text(tags.ScatterCorrectionMethod),
        reconstruction_method=header.text(tags.ReconstructionMethod),
        collimator=_collimator(header),
        actual_frame_duration_ms=duration,
        frame_reference_time_ms=image.number(tags.FrameReferenceTime),
        decay_factor=image.number(tags.DecayFactor),
        dose_calibration_factor=header.number(tags.DoseCalibrationFactor),
        scatter_fraction_factor=image.number(tags.ScatterFractionFactor),
        coincidence_window_ns=header.number(tags.CoincidenceWindowWidth),
        rr_intervals=header.integer(tags.NumberOfRRIntervals),
        time_slots=header.integer(tags.NumberOfTimeSlots),
        time_slices=header.integer(tags.NumberOfTimeSlices),
        energy_windows=_energy_windows(header),
        rotations=rotations,
        phases=_phases(header),
        patient_orientation=words(image.code(tags.PatientOrientationCodeSequence)),
        patient_orientation_modifier=words(
            orientation.code(tags.PatientOrientationModifierCodeSequence) if orientation else None
        ),
        patient_gantry_relationship=words(image.code(tags.PatientGantryRelationshipCodeSequence)),
    )


def _collimator(header: DataSet) -> str:
    """Return the collimator types, of all detectors of an NM image, each once."""
    found = [header.text(tags.CollimatorType)]
    found += [
        item.text(tags.CollimatorType) for item in header.items(tags.DetectorInformationSequence)
    ]
    return ", ".join(dict.fromkeys(filter(None, found)))


def _energy_windows(header: DataSet) -> tuple[EnergyWindow, ...]:
    """Return the ranges of each NM window (C.8.4.10), or those of the PET image (C.8.9.1)."""
    windows = [
        (item.text(tags.EnergyWindowName), item.items(tags.EnergyWindowRangeSequence))
        for item in header.items(tags.EnergyWindowInformationSequence)
    ]
    windows.append(("", header.items(tags.EnergyWindowRangeSequence)))
    found = []
    for name, ranges in windows:
        for limits in ranges:
            window = EnergyWindow(
                name=name,
                lower_kev=limits.number(tags.EnergyWindowLowerLimit),
                upper_kev=limits.number(tags.EnergyWindowUpperLimit),
            )
            found.append(window)
    return tuple(window for window in found if window != EnergyWindow())


def _rotations(header: DataSet) -> tuple[Rotation, ...]:
    return tuple(
        Rotation(
            start_angle_deg=item.number(tags.StartAngle),
            angular_step_deg=item.number(tags.AngularStep),
            direction=item.text(tags.RotationDirection),
            scan_arc_deg=item.number(tags.ScanArc),
            actual_frame_duration_ms=item.number(tags.ActualFrameDuration),
            frames=item.integer(tags.NumberOfFramesInRotation),
            table_traverse_mm=item.number(tags.TableTraverse),
            table_height_mm=item.number(tags.TableHeight),
        )
        for item in header.items(tags.RotationInformationSequence)
    )


def _phases(header: DataSet) -> tuple[Phase, ...]:
    return tuple(
        Phase(
            frames=item.integer(tags.NumberOfFramesInPhase),
            frame_duration_ms=item.number(tags.ActualFrameDuration),
            delay_ms=item.number(tags.PhaseDelay),
        )
        for item in header.items(tags.PhaseInformationSequence)
    )
