"""A study's record in, the large figures that answer "how much dose?" out."""

import re
from typing import NamedTuple

from kerma.query.levels import Share, shares
from kerma.records import CtEvent, StudyRecord
from kerma.web import formats


class Figure(NamedTuple):
    """One large figure; `why` is how it was found, in sentences."""

    name: str
    heading: str
    value: str
    unit: str = ""
    note: str = ""
    why: tuple[str, ...] = ()
    share: Share | None = None
    level_words: str = ""

    @property
    def fill(self) -> str:
        """Return the length of the bar: the level is at two thirds."""
        return "" if self.share is None else f"{min(self.share.share / 1.5, 1) * 100:.1f}%"


def figures(record: StudyRecord) -> list[Figure]:
    """Return the figures of the record's modality."""
    found = _OF[record.modality](record)
    return [figure for figure in found if figure.value]


def _ct(record: StudyRecord) -> list[Figure]:
    totals = record.totals
    events = [event for event in record.events if isinstance(event, CtEvent)]
    highest = max((e.ctdivol_mgy for e in events if e.ctdivol_mgy is not None), default=None)
    ssde = max((e.ssde_mgy for e in events if e.ssde_mgy is not None), default=None)
    how_ssde = "The highest size-specific dose estimate of all events, as the report gives it."
    return [
        _figure("dlp", "DLP", totals.dlp_mgycm, "mGy·cm",
                _how(record, totals.dlp_sum_of_events_mgycm, 1, "mGy·cm")),
        _figure("ctdivol", "CTDIvol, highest", highest, "mGy",
                ("The highest of all events, as the report gives it.",)),
        _figure("ssde", "SSDE, highest", ssde, "mGy", (how_ssde,)),
        _effective(record),
        Figure("events", "Events", formats.whole(len(events)), "", _types(record)),
    ]  # fmt: skip


def _rf(record: StudyRecord) -> list[Figure]:
    totals = record.totals
    found = shares("RF", {"dap_gym2": totals.dap_gym2, "rp_dose_gy": totals.rp_dose_gy})
    times = [t for t in (totals.fluoro_time_s, totals.acquisition_time_s) if t is not None]
    point = totals.reference_point_definition
    return [
        _leveled("rp", "Dose at reference point", totals.rp_dose_gy, 1.0, "Gy",
                 found.get("rp_dose_gy"),
                 (*_how(record, totals.rp_dose_sum_of_events_gy, 1, "Gy"),
                  *([f"Reference point: {point}."] if point else []))),
        _leveled("dap", "DAP", totals.dap_gym2, 1e6, "cGy·cm²", found.get("dap_gym2"),
                 _how(record, totals.dap_sum_of_events_gym2, 1e6, "cGy·cm²")),
        Figure("duration", "Duration, pedal pressed",
               formats.duration(sum(times)) if times else "", "min:s",
               "Fluoroscopy and acquisition",
               ("Time the pedal or switch was pressed, as the report declares it. The time the "
                "beam was on is the exposure time of the events; in pulsed runs it is much "
                "shorter.",)),
        Figure("events", "Events", formats.whole(len(record.events)), "", _types(record)),
    ]  # fmt: skip


def _dx(record: StudyRecord) -> list[Figure]:
    totals = record.totals
    return [
        _figure("dap", "DAP", _times(totals.dap_gym2, 1e6), "cGy·cm²",
                _how(record, totals.dap_sum_of_events_gym2, 1e6, "cGy·cm²")),
        _figure("rp", "Dose at reference point", _times(totals.rp_dose_gy, 1e3), "mGy",
                _how(record, totals.rp_dose_sum_of_events_gy, 1e3, "mGy")),
        Figure("events", "Exposures", formats.whole(len(record.events)), "", _types(record)),
    ]  # fmt: skip


def _mg(record: StudyRecord) -> list[Figure]:
    totals = record.totals
    return [
        _figure("left", "AGD, left breast", totals.agd_left_mgy, "mGy",
                _how(record, totals.agd_left_sum_of_events_mgy, 1, "mGy")),
        _figure("right", "AGD, right breast", totals.agd_right_mgy, "mGy",
                _how(record, totals.agd_right_sum_of_events_mgy, 1, "mGy")),
        Figure("events", "Exposures", formats.whole(len(record.events)), "", _types(record)),
    ]  # fmt: skip


def _nm(record: StudyRecord) -> list[Figure]:
    return [
        _figure("activity", "Administered activity", record.totals.administered_activity_mbq,
                "MBq", ("Sum of all administrations.",)),
        _effective(record),
        Figure("events", "Administrations", formats.whole(len(record.events))),
    ]  # fmt: skip


_OF = {"CT": _ct, "RF": _rf, "DX": _dx, "MG": _mg, "NM": _nm}


def _figure(
    name: str, heading: str, value: float | None, unit: str, why: tuple[str, ...] = ()
) -> Figure:
    return Figure(name, heading, formats.number(value), unit, why=why)


def _leveled(
    name: str, heading: str, value: float | None, factor: float, unit: str,
    share: Share | None, why: tuple[str, ...],
) -> Figure:  # fmt: skip
    """Return a figure with its alert level."""
    words = ""
    if share is not None:
        level = formats.number(share.level.value * factor)
        words = f"{formats.percent(share.share)} of {level}{formats.THIN}{unit}, alert level"
        why = (*why, f"Alert level: {share.level.source}.")
    return Figure(name, heading, formats.number(_times(value, factor)), unit, "", why, share, words)


def _effective(record: StudyRecord) -> Figure:
    return _figure("effective", "Effective dose", record.totals.effective_dose_msv, "mSv",
                   ("As the report gives it; Kerma did not work it out.",))  # fmt: skip


def _how(record: StudyRecord, summed: float | None, factor: float, unit: str) -> tuple[str, ...]:
    """Return how a total was found."""
    if record.totals.summed:
        return ("Sum of the events, because the sources of this study overlap.",)
    said = "Read from the object." if summed is not None else "Read from the object, or its events."
    if summed is None:
        return (said,)
    number = formats.number(summed * factor, 6)
    return (said, f"The sum of the events that hold a value is {number} {unit}.")


def _types(record: StudyRecord) -> str:
    """Return the number of events by type, in words."""
    parts = [f"{name} {count}" for name, count in record.totals.events_by_type.items() if count]
    return re.sub(" acquisition", "", ", ".join(parts), flags=re.IGNORECASE)


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
