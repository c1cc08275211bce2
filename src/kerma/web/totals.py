"""A fluoroscopy record in, its totals by plane and type of irradiation out."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kerma.records import ProjectionEvent, StudyRecord, Totals
from kerma.store.event_types import projection_type
from kerma.web import formats

CGYCM2 = 1e6
"""cGy·cm² per Gy·m²."""


class TotalRow(NamedTuple):
    """One line; doses as shown, in cGy·cm² and Gy, time in s."""

    name: str
    dap: float | None
    rp_dose: float | None
    time_s: float | None
    events: int | None
    is_part: bool = False
    """Part of the line above, summed from events."""


def total_rows(record: StudyRecord) -> tuple[list[TotalRow], TotalRow]:
    """Return the lines of every plane, and the line of all."""
    events = [event for event in record.events if isinstance(event, ProjectionEvent)]
    planes = record.totals.planes if len(record.totals.planes) > 1 else (record.totals,)
    rows: list[TotalRow] = []
    for plane in planes:
        if len(planes) == 1:
            rows += _of_plane(plane, events, "")
        else:
            own = [event for event in events if event.acquisition_plane == plane.plane]
            rows += _of_plane(plane, own, plane.plane)
    return rows, _all(record.totals, len(events))


def _of_plane(totals: Totals, events: Sequence[ProjectionEvent], plane: str) -> list[TotalRow]:
    name = f"{plane}, " if plane else ""
    fluoro = [event for event in events if projection_type(event) == "fluoro"]
    others = [event for event in events if projection_type(event) != "fluoro"]
    return [
        TotalRow(f"{name}fluoroscopy".capitalize() if not name else f"{name}fluoroscopy",
                 _shown(totals.fluoro_dap_gym2), totals.fluoro_rp_dose_gy, totals.fluoro_time_s,
                 len(fluoro)),
        TotalRow("Acquisition" if not name else f"{name}acquisition",
                 _shown(totals.acquisition_dap_gym2), totals.acquisition_rp_dose_gy,
                 totals.acquisition_time_s, len(others)),
        *_by_type(others),
    ]  # fmt: skip


def _by_type(events: Sequence[ProjectionEvent]) -> list[TotalRow]:
    """Return a line for every type of acquisition, summed from its events."""
    return [_summed(kind, [event for event in events if event.event_type == kind])
            for kind in dict.fromkeys(event.event_type for event in events) if kind]  # fmt: skip


def _summed(kind: str, events: Sequence[ProjectionEvent]) -> TotalRow:
    return TotalRow(
        f"– {kind} (summed from events)",
        _shown(_sum(event.dap_gym2 for event in events)),
        _sum(event.rp_dose_gy for event in events),
        _sum(event.irradiation_duration_s for event in events),
        len(events),
        is_part=True,
    )


def _all(totals: Totals, events: int) -> TotalRow:
    time = _sum((totals.fluoro_time_s, totals.acquisition_time_s))
    return TotalRow("Total", _shown(totals.dap_gym2), totals.rp_dose_gy, time, events)


def _shown(dap_gym2: float | None) -> float | None:
    return None if dap_gym2 is None else dap_gym2 * CGYCM2


def _sum(values: Iterable[float | None]) -> float | None:
    """Return the sum of what is given, None if nothing is."""
    given = [value for value in values if value is not None]
    return sum(given) if given else None


def row_words(row: TotalRow) -> dict[str, str]:
    """Return the line as text."""
    return {
        "dap": formats.number(row.dap, 6),
        "rp_dose": formats.number(row.rp_dose, 6),
        "time": formats.number(row.time_s),
        "clock": formats.duration(row.time_s),
        "events": formats.whole(row.events),
    }
