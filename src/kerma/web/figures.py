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
    rp, dap = _value(record, "rp_dose_{}gy"), _value(record, "dap_{}gym2")
    found = shares("RF", {"dap_gym2": dap, "rp_dose_gy": rp})
    times = [t for t in (totals.fluoro_time_s, totals.acquisition_time_s) if t is not None]
    point = totals.reference_point_definition
    rp_figure = _total("rp", "Dose at reference point", record, "rp_dose_{}gy", 1.0, "Gy")
    if point:
        rp_figure = rp_figure._replace(why=(*rp_figure.why, f"Reference point: {point}."))
    return [
        _leveled(rp_figure, 1.0, found.get("rp_dose_gy")),
        _leveled(_total("dap", "DAP", record, "dap_{}gym2", 1e6, "cGy·cm²"), 1e6,
                 found.get("dap_gym2")),
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


def _leveled(figure: Figure, factor: float, share: Share | None) -> Figure:
    """Return the figure with its alert level."""
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
