"""The catalogue and a user's choices in, the panels of a page of charts and the chooser out."""

from collections.abc import Collection, Iterator
from typing import NamedTuple

from django.urls import reverse

from kerma import charts
from kerma.charts.base import Chart
from kerma.web.address import Address
from kerma.web.chart_choices import Choices

MEASURES = {
    "frequency": "Frequency",
    "dlp": "DLP",
    "ctdivol": "CTDIvol",
    "events": "Number of events",
    "dap": "DAP",
    "rp-dose": "Dose at the reference point",
    "duration": "Duration",
    "mas": "mAs",
    "kvp": "kVp",
    "agd": "AGD",
    "activity": "Administered activity",
    "workload": "Workload by weekday and hour",
}
"""Measure -> what people call it."""

LEVELS = {
    "acquisition": ("Acquisition protocols", "by acquisition protocol"),
    "standard-acquisition": ("Standard acquisition names", "by standard acquisition name"),
    "study": ("Study descriptions", "by study description"),
    "request": ("Requested procedures", "by requested procedure"),
    "standard-study": ("Standard study names", "by standard study name"),
}
"""Level -> the heading of its charts, and the end of their titles."""

FORMS = {
    "": ("Average", ""),
    "histogram": ("Histogram", "histogram"),
    "over-time": ("Over time", "over time"),
    "mass": ("Against mass", "against patient mass"),
    "thickness": ("Against thickness", "against breast thickness"),
    "thickness-binned": ("By thickness", "in bins of breast thickness"),
    "violin": ("Violin", "as violins"),
    "cumulative": ("Cumulative", "cumulative"),
    "funnel": ("Funnel", "funnel plot"),
    "control": ("Control chart", "control chart"),
}
"""Form -> its name in the chooser, and in titles."""

AVERAGES = {"median": "Median", "mean": "Mean", "box": "Box"}

_FIRST = {
    "CT": ("ct-study-dlp", "ct-acquisition-ctdivol", "ct-study-dlp-over-time", "ct-study-workload"),
    "RF": ("rf-study-dap", "rf-study-frequency", "rf-study-dap-over-time", "rf-study-workload"),
    "DX": ("dx-acquisition-dap", "dx-acquisition-frequency", "dx-study-dap-over-time",
           "dx-study-workload"),
    "MG": ("mg-acquisition-agd", "mg-acquisition-agd-thickness-binned",
           "mg-acquisition-agd-over-time", "mg-study-workload"),
    "NM": ("nm-study-activity", "nm-study-frequency", "nm-study-activity-over-time",
           "nm-study-workload"),
}  # fmt: skip
"""Charts of people who chose none."""


def charts_of(modality: str) -> dict[str, Chart]:
    """Return the charts of a modality by name."""
    return {chart.name: chart for chart in charts.charts_of(modality)}


def first_of(modality: str) -> tuple[str, ...]:
    """Return the charts shown at first."""
    known = charts_of(modality)
    return tuple(name for name in _FIRST[modality] if name in known) or tuple(known)[:1]


def title(chart: Chart) -> str:
    """Return what a chart is called, without its unit."""
    if chart.measure == "workload":
        return MEASURES["workload"]
    words = (MEASURES.get(chart.measure, chart.measure), form_words(chart.form)[1],
             LEVELS[chart.level][1])  # fmt: skip
    return " ".join(filter(None, words))


def form_words(form: str) -> tuple[str, str]:
    """Return a form's name in the chooser and in titles."""
    return FORMS.get(form, (form.replace("-", " ").capitalize(), form.replace("-", " ")))


def averages_of(chart: Chart, chosen: tuple[str, ...]) -> tuple[str, ...]:
    """Return the kinds of average for which a chart is drawn; one where it makes no difference."""
    if chart.measure in {"frequency", "workload"} or chart.form not in _AVERAGED:
        return chosen[:1]
    if chart.form:
        return tuple(one for one in chosen if one != "box") or ("median",)
    return chosen


_AVERAGED = frozenset({"", "over-time", "thickness-binned"})


class Panel(NamedTuple):
    """One chart on the page; it is loaded from `address` by itself."""

    number: int
    title: str
    average: str
    """What of it is shown where there are several: Median, Mean or Box."""
    address: str
    file: str
    alone: str
    """Address of the page with this chart alone."""


def panels(choices: Choices, address: Address) -> list[Panel]:
    """Return the panels in the order of the choices."""
    known = charts_of(address.modality)
    found: list[Panel] = []
    for name, average in _drawn(choices, known):
        chart = known[name]
        one = address.having(average=average)
        arguments = [address.modality.lower(), name]
        found.append(
            Panel(
                len(found) + 1,
                title(chart),
                AVERAGES[average] if len(averages_of(chart, tuple(AVERAGES))) > 1 else "",
                f"{reverse('chart', args=arguments)}?{one.without('charts').query}",
                f"{reverse('chart-table', args=arguments)}?{one.without('charts').query}",
                address.having(charts=name).path(),
            )
        )
    return found


def _drawn(choices: Choices, known: dict[str, Chart]) -> Iterator[tuple[str, str]]:
    """Give each chart with the kind of average, followed by its histogram where wanted."""
    for name in choices.charts:
        for average in averages_of(known[name], choices.average):
            yield name, average
        histogram = f"{name}-histogram"
        if choices.histograms and histogram in known and histogram not in choices.charts:
            yield histogram, "median"


class Choice(NamedTuple):
    """One chart in the chooser."""

    name: str
    words: str
    is_chosen: bool


class Row(NamedTuple):
    """The charts of one measure."""

    words: str
    choices: list[Choice]


class Group(NamedTuple):
    """The charts of one level."""

    words: str
    rows: list[Row]


def chooser(modality: str, chosen: tuple[str, ...]) -> list[Group]:
    """Return all charts of a modality by level, measure and form."""
    known = charts_of(modality).values()
    return [
        Group(words, rows)
        for level, (words, _) in LEVELS.items()
        if (rows := [_row(measure, level, known, chosen) for measure in MEASURES
                     if any((one.level, one.measure) == (level, measure) for one in known)])
    ]  # fmt: skip


def _row(measure: str, level: str, known: Collection[Chart], chosen: tuple[str, ...]) -> Row:
    forms = list(FORMS)
    charts = sorted(
        (one for one in known if (one.level, one.measure) == (level, measure)),
        key=lambda one: forms.index(one.form) if one.form in forms else len(forms),
    )
    return Row(MEASURES[measure], [_choice(one, chosen) for one in charts])


def _choice(chart: Chart, chosen: tuple[str, ...]) -> Choice:
    counts = chart.measure in {"frequency", "workload"} and not chart.form
    words = "Numbers" if counts else form_words(chart.form)[0]
    return Choice(chart.name, words, chart.name in chosen)
