"""What the measures and levels of the catalogue stand for in the columns."""

from typing import NamedTuple

from kerma.charts.base import Chart
from kerma.query.behind import EVENT_LEVELS, ITEMS, VALUES

_OF_STUDIES = {
    "dlp": "dlp_mgycm",
    "ctdivol": "ctdivol_max_mgy",
    "events": "number_of_events",
    "dap": "dap_gym2",
    "rp-dose": "rp_dose_gy",
    "duration": "fluoro_time_s",
    "agd": "agd_max_mgy",
    "activity": "administered_activity_mbq",
}
"""Measure -> column of the study."""

_OF_EVENTS = {
    "dlp": "dlp_mgycm",
    "ctdivol": "ctdivol_mgy",
    "dap": "dap_gym2",
    "rp-dose": "rp_dose_gy",
    "duration": "irradiation_duration_s",
    "mas": "exposure_mas",
    "kvp": "kvp",
    "agd": "agd_mgy",
}
"""Measure -> column of the event."""

_COUNTING = {"frequency": "Frequency", "workload": "Workload"}
"""Measures without a value of their own, and their headings."""

_LEVELS = {
    "acquisition": "by acquisition protocol",
    "study": "by study description",
    "request": "by requested procedure",
    "standard-study": "by standard study name",
    "standard-acquisition": "by standard acquisition name",
}

_FORMS = {
    "": "",
    "histogram": "histogram",
    "over-time": "over time",
    "mass": "against patient mass",
    "thickness": "against breast thickness",
    "thickness-binned": "in bins of breast thickness",
    "violin": "as density",
    "cumulative": "cumulative",
    "funnel": "funnel plot by system",
    "control": "control chart",
}


class Measured(NamedTuple):
    """Where the value of a chart is found; the stored value times `factor` is in `unit`."""

    column: str
    unit: str = ""
    factor: float = 1.0


def is_of_events(chart: Chart) -> bool:
    """Return whether a case is an event, not a study."""
    return chart.level in EVENT_LEVELS


def item_column(chart: Chart) -> str:
    """Return the column of the items."""
    return ITEMS[chart.level][0]


def measured(chart: Chart) -> Measured | None:
    """Return where the value is, None for a chart that counts cases."""
    if chart.measure in _COUNTING:
        return None
    column = (_OF_EVENTS if is_of_events(chart) else _OF_STUDIES)[chart.measure]
    value = VALUES[column]
    return Measured(column, UNITS.get(chart.measure, value.unit), value.factor)


UNITS = {"kvp": "kVp"}
"""Units that the command line calls otherwise than the pages."""


def title(chart: Chart) -> str:
    """Return what the chart is called, with its unit."""
    value = measured(chart)
    name = _COUNTING.get(chart.measure) or VALUES[value.column if value else ""].heading
    if chart.measure == "workload":
        return "Workload by weekday and hour"
    words = " ".join(part for part in (name, _FORMS[chart.form], _LEVELS[chart.level]) if part)
    return f"{words} ({value.unit})" if value and value.unit else words


def place(chart: Chart) -> tuple[int, ...]:
    """Return where the chart stands in a list: by level, measure and form."""
    measures = list(dict.fromkeys(("frequency", *_OF_STUDIES, *_OF_EVENTS, "workload")))
    return (
        list(_LEVELS).index(chart.level),
        measures.index(chart.measure),
        list(_FORMS).index(chart.form),
    )
