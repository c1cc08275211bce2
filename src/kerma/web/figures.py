"""A study's record in, the large figures that answer "how much dose?" out."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from kerma.query.levels import Share
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


def figures(record: StudyRecord, found: Mapping[str, Share]) -> list[Figure]:
    """Return the figures of the record's modality; `found` are shares of levels by total."""
    every = [figure for figure in _OF[record.modality](record) if figure.value]
    return [_leveled(record.modality, figure, found) for figure in every]


_TOTALS = {
    ("CT", "dlp"): ("dlp_mgycm", 1.0),
    ("CT", "ctdivol"): ("ctdivol_max_mgy", 1.0),
    ("CT", "effective"): ("effective_dose_msv", 1.0),
    ("RF", "rp"): ("rp_dose_gy", 1.0),
    ("RF", "dap"): ("dap_gym2", 1e6),
    ("DX", "dap"): ("dap_gym2", 1e6),
    ("MG", "left"): ("agd_left_mgy", 1.0),
    ("MG", "right"): ("agd_right_mgy", 1.0),
    ("NM", "activity"): ("administered_activity_mbq", 1.0),
    ("NM", "effective"): ("effective_dose_msv", 1.0),
}
"""Modality and figure -> the total that a level may be of, and its factor to the unit shown."""


def _ct(record: StudyRecord) -> list[Figure]:
    events = [event for event in record.events if isinstance(event, CtEvent)]
    highest = max((e.ctdivol_mgy for e in events if e.ctdivol_mgy is not None), default=None)
    ssde = max((e.ssde_mgy for e in events if e.ssde_mgy is not None), default=None)
    how_ssde = "The highest size-specific dose estimate of all events, as the report gives it."
    return [
        _total("dlp", "DLP", record, "dlp_{}mgycm", 1, "mGy·cm"),
        _figure("ctdivol", "CTDIvol, highest", highest, "mGy",
                ("The highest of all events, as the report gives it.",)),
        _figure("ssde", "SSDE, highest", ssde, "mGy", (how_ssde,)),
        _effective(record),
        Figure("events", "Events", formats.whole(len(events)), "", _types(record)),
    ]  # fmt: skip


def _rf(record: StudyRecord) -> list[Figure]:
    totals = record.totals
    times = [t for t in (totals.fluoro_time_s, totals.acquisition_time_s) if t is not None]
    point = totals.reference_point_definition
    rp_figure = _total("rp", "Dose at reference point", record, "rp_dose_{}gy", 1.0, "Gy")
    if point:
        rp_figure = rp_figure._replace(why=(*rp_figure.why, f"Reference point: {point}."))
    return [
        rp_figure,
        _total("dap", "DAP", record, "dap_{}gym2", 1e6, "cGy·cm²"),
        Figure("duration", "Duration, pedal pressed",
               formats.duration(sum(times)) if times else "", "min:s",
               "Fluoroscopy and acquisition", (_DURATION,)),
        Figure("events", "Events", formats.whole(len(record.events)), "", _types(record)),
    ]  # fmt: skip


_DURATION = (
    "Time the pedal or switch was pressed, as the report declares it. The time the beam was on is "
    "the exposure time of the events; in pulsed runs it is much shorter."
)


def _dx(record: StudyRecord) -> list[Figure]:
    return [
        _total("dap", "DAP", record, "dap_{}gym2", 1e6, "cGy·cm²"),
        _total("rp", "Dose at reference point", record, "rp_dose_{}gy", 1e3, "mGy"),
        Figure("events", "Exposures", formats.whole(len(record.events)), "", _types(record)),
    ]  # fmt: skip


def _mg(record: StudyRecord) -> list[Figure]:
    return [
        _total("left", "AGD, left breast", record, "agd_left_{}mgy", 1, "mGy"),
        _total("right", "AGD, right breast", record, "agd_right_{}mgy", 1, "mGy"),
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


def _value(record: StudyRecord, name: str) -> float | None:
    """Return the total as declared, or else the sum of the events."""
    declared: float | None = getattr(record.totals, name.format(""))
    summed: float | None = getattr(record.totals, name.format("sum_of_events_"))
    return summed if declared is None else declared


def _total(
    name: str, heading: str, record: StudyRecord, field: str, factor: float, unit: str
) -> Figure:
    """Return a figure for a total; `field` has its place for `sum_of_events_`."""
    value = _value(record, field)
    why = _how(record, field, factor, unit)
    shown = None if value is None else value * factor
    return Figure(name, heading, formats.number(shown), unit, why=why)


def _leveled(modality: str, figure: Figure, found: Mapping[str, Share]) -> Figure:
    """Return the figure with its alert level, if it has one."""
    total, factor = _TOTALS.get((modality, figure.name), ("", 1.0))
    share = found.get(total)
    if share is None:
        return figure
    level = f"{formats.number(share.level.value * factor)}{formats.THIN}{figure.unit}"
    return figure._replace(
        share=share,
        level_words=f"{formats.percent(share.share)} of {level}, alert level",
        why=(*figure.why, f"Alert level: {share.level.source}."),
    )


def _effective(record: StudyRecord) -> Figure:
    return _figure("effective", "Effective dose", record.totals.effective_dose_msv, "mSv",
                   ("As the report gives it; Kerma did not work it out.",))  # fmt: skip


def _how(record: StudyRecord, field: str, factor: float, unit: str) -> tuple[str, ...]:
    """Return how a total was found."""
    if record.totals.summed:
        return ("Sum of the events, because the sources of this study overlap.",)
    declared = getattr(record.totals, field.format(""))
    summed = getattr(record.totals, field.format("sum_of_events_"))
    if declared is None:
        return ("Sum of the events: the object declares no total.",)
    if summed is None:
        return ("As the object declares it.",)
    number = formats.number(summed * factor, 6)
    said = f"The sum of the events that hold a value is {number} {unit}."
    return ("As the object declares it.", said)


def _types(record: StudyRecord) -> str:
    """Return the number of events by type, in words."""
    parts = [f"{name} {count}" for name, count in record.totals.events_by_type.items() if count]
    return re.sub(" acquisition", "", ", ".join(parts), flags=re.IGNORECASE)
