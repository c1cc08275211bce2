"""The numbers of a chart by plain loops over the rows of the database: independent of the engine.

What each chart is of is written out here as the documentation says it.
"""

import datetime as dt
import math
from collections import defaultdict
from typing import Any

import numpy as np

from kerma.charts.base import Chart, Result
from kerma.store.models import Administration, CtEvent, ProjectionEvent, Study

STUDY_VALUES = {
    "dlp": ("dlp_mgycm", 1), "ctdivol": ("ctdivol_max_mgy", 1), "events": ("number_of_events", 1),
    "dap": ("dap_gym2", 1e6), "rp-dose": ("rp_dose_gy", 1), "duration": ("fluoro_time_s", 1),
    "agd": ("agd_max_mgy", 1), "activity": ("administered_activity_mbq", 1),
}  # fmt: skip
EVENT_VALUES = {
    "dlp": ("dlp_mgycm", 1), "ctdivol": ("ctdivol_mgy", 1), "dap": ("dap_gym2", 1e6),
    "rp-dose": ("rp_dose_gy", 1), "duration": ("irradiation_duration_s", 1),
    "mas": ("exposure_mas", 1), "kvp": ("kvp", 1), "agd": ("agd_mgy", 1),
}  # fmt: skip
ITEMS = {
    "acquisition": "acquisition_protocol", "standard-acquisition": "standard_name",
    "study": "study_description", "request": "requested_procedure",
    "standard-study": "standard_name",
}  # fmt: skip
EVENTS = {"CT": CtEvent, "RF": ProjectionEvent, "DX": ProjectionEvent, "MG": ProjectionEvent,
          "NM": Administration}  # fmt: skip

Case = dict[str, Any]


class Rows:
    """The rows of a modality, read once by Django's own means."""

    def __init__(self, modality: str, ids: set[int] | None = None) -> None:
        studies = Study.objects.filter(modality=modality).select_related("system")
        self.studies = {s.pk: s for s in studies if ids is None or s.pk in ids}
        found = EVENTS[modality].objects.filter(study__modality=modality).order_by("study", "id")
        self.events = [event for event in found if event.study_id in self.studies]


def cases(chart: Chart, rows: Rows) -> list[Case]:
    """Return all cases of a chart, also those that do not count."""
    of_events = "acquisition" in chart.level
    values = EVENT_VALUES if of_events else STUDY_VALUES
    name, factor = values.get(chart.measure, ("", 1))
    found = []
    for row in rows.events if of_events else rows.studies.values():
        study = rows.studies[row.study_id] if of_events else row
        value = getattr(row, name) if name else None
        found.append({
            "row": row, "study": study, "item": getattr(row, ITEMS[chart.level]),
            "value": None if value is None else value * factor,
            "x": study.weight_kg if chart.form == "mass"
            else getattr(row, "compressed_thickness_mm", None),
        })  # fmt: skip
    return found


def counted(chart: Chart, all_cases: list[Case]) -> list[Case]:
    """Return the cases that count."""
    return [case for case in all_cases if _counts(chart, case)]


def _counts(chart: Chart, case: Case) -> bool:
    study = case["study"]
    if chart.measure == "workload":
        return study.study_date is not None and study.study_time is not None
    if not case["item"]:
        return False
    if chart.measure != "frequency" and not _is_number(case["value"]):
        return False
    if chart.form in {"mass", "thickness", "thickness-binned"} and not _is_number(case["x"]):
        return False
    return chart.form not in {"over-time", "control"} or study.study_date is not None


def _is_number(value: float | None) -> bool:
    return value is not None and math.isfinite(value) and value >= 0


def by_series(all_cases: list[Case], key: Any) -> dict[Any, dict[str, list[Case]]]:
    """Return the cases by series and item."""
    found: dict[Any, dict[str, list[Case]]] = defaultdict(lambda: defaultdict(list))
    for case in all_cases:
        found[key(case)][case["item"]].append(case)
    return found


def check(chart: Chart, result: Result, rows: Rows | None = None) -> None:
    """Compare a result that is not split, made with the default options, with plain loops."""
    all_cases = cases(chart, rows or Rows(chart.modality))
    good = counted(chart, all_cases)
    assert result.cases == len(good), chart.name
    assert result.without == len(all_cases) - len(good), chart.name
    by_system = chart.form in {"funnel", "control"}
    series = by_series(good, lambda c: c["study"].system.display_name if by_system else "")
    assert [one.system for one in result.series] == sorted(series, key=str.casefold), chart.name
    for one in result.series:
        if chart.measure == "workload":
            assert one.workload == workload(good)
            continue
        items = series[one.system]
        assert {item.item for item in one.items} == set(items), chart.name
        for item in one.items:
            _check_item(chart, item, items[item.item])


def workload(good: list[Case]) -> list[list[int]]:
    """Return the table of weekday and hour."""
    table = [[0] * 24 for _ in range(7)]
    for case in good:
        table[case["study"].study_date.weekday()][case["study"].study_time.hour] += 1
    return table


def _check_item(chart: Chart, item: Any, of_item: list[Case]) -> None:
    assert item.count == len(of_item), chart.name
    if chart.measure != "frequency" and chart.form != "over-time":
        values = np.array([case["value"] for case in of_item])
        expected = [values.mean(), *np.quantile(values, [0.5, 0.25, 0.75, 0, 1])]
        given = [item.mean, item.median, item.q1, item.q3, item.min, item.max]
        np.testing.assert_allclose(given, expected, rtol=1e-12, err_msg=chart.name)
    if chart.form == "over-time":
        _check_points(item.points, of_item)
    if chart.form in {"mass", "thickness"}:
        expected = sorted((c["x"], c["value"], c["study"].pk) for c in of_item)
        assert sorted(zip(item.x, item.y, item.study_ids, strict=True)) == expected
    if chart.form == "thickness-binned":
        _check_thickness(item, of_item)
    if chart.form == "histogram":
        assert sum(count for _, _, count in item.bins) == len(of_item)
    if chart.form == "cumulative":
        values = np.array([case["value"] for case in of_item])
        np.testing.assert_allclose(item.y, [(values <= x).mean() for x in item.x], rtol=1e-12)


def _check_points(points: Any, of_item: list[Case]) -> None:
    months: dict[str, list[Any]] = defaultdict(list)
    for case in of_item:
        day: dt.date = case["study"].study_date
        months[day.replace(day=1).isoformat()].append(case["value"])
    assert [point[:2] for point in points] == [(m, len(months[m])) for m in sorted(months)]
    for month, _, mean, median in points:
        if mean is not None:
            np.testing.assert_allclose(
                [mean, median], [np.mean(months[month]), np.median(months[month])], rtol=1e-12
            )


def _check_thickness(item: Any, of_item: list[Case]) -> None:
    edges = [0, 20, 30, 40, 50, 60, 70, 80, 90, math.inf]
    for n, (low, high, count) in enumerate(item.bins):
        assert (low, high) == (edges[n], edges[n + 1])
        values = [c["value"] for c in of_item if low <= c["x"] < high]
        assert count == len(values)
        if values:
            assert math.isclose(item.means[n], np.mean(values))
            assert math.isclose(item.medians[n], np.median(values))
        else:
            assert item.means[n] is item.medians[n] is None
