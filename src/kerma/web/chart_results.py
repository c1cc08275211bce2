"""The name of a chart, a selection and choices in, the finished chart out."""

from typing import Any, NamedTuple

import msgspec

from kerma import charts
from kerma.charts.base import Chart, Line, Options, Result
from kerma.charts.kind import kind_of
from kerma.charts.values import is_of_events, item_column, measured
from kerma.query import reference_levels
from kerma.query.selection import Selection
from kerma.registry import load_all
from kerma.store.models import System
from kerma.web import chart_panels, chart_tables, drawings
from kerma.web.address import Address
from kerma.web.chart_choices import Choices
from kerma.web.chart_links import Links
from kerma.web.chart_tables import Table
from kerma.web.drawing import Asked, Figure, registry
from kerma.web.formats import plural

MOST_ITEMS = 50
"""Items drawn as bars; the file has all."""

MOST_CURVES = 24
"""Items drawn as lines or clouds of points."""

MOST_POINTS = 5000
"""Points of a scatter: more are slow to draw, and hide each other."""

NoSuchChart = charts.NoChart


class Computed(NamedTuple):
    """A chart with its numbers."""

    chart: Chart
    result: Result


class Drawn(NamedTuple):
    """What a page shows of a chart."""

    computed: Computed
    figure: Figure
    data: dict[str, Any]
    """For the script that draws."""
    links: Links
    table: Table
    counted: str
    """How many cases there are, and how many are not shown."""
    notes: list[str]
    has_cases: bool
    is_filtered: bool

    @property
    def title(self) -> str:
        """Return what the chart is called."""
        return chart_panels.title(self.computed.chart)

    @property
    def by_standard_name(self) -> bool:
        """Return whether the items are names that the site gives."""
        return self.computed.chart.level.startswith("standard-")


def compute(name: str, selection: Selection, choices: Choices, *, whole: bool = False) -> Computed:
    """Return the numbers of a chart, cut to what can be drawn unless `whole`.

    Raises
    ------
    NoSuchChart
        If there is no such chart of this modality.
    """
    chart = charts.find(name)
    if chart.modality != selection.modality:
        raise NoSuchChart(f"{name!r} is no chart of {selection.modality}.")
    options = choices.options._replace(average=choices.average[0])
    most = MOST_ITEMS if kind_of(chart) in {"average", "frequency"} else MOST_CURVES
    result = charts.compute(
        chart,
        selection,
        options,
        most_items=None if whole else most,
        most_points=None if whole else MOST_POINTS,
    )
    result.lines = _levels(chart, result) or None
    return Computed(chart, result)


def _levels(chart: Chart, result: Result) -> list[Line]:
    """Return the reference levels of the standard names among the items."""
    if not chart.level.startswith("standard-"):
        return []
    names = {item.item for series in result.series for item in series.items}
    level = chart.level.removeprefix("standard-")
    found = reference_levels.lines_for(chart.modality, chart.measure, names, level=level)
    return [
        Line(line.value, line.label, name)
        for name, lines in found.items()
        for line in lines
    ]  # fmt: skip


def drawn(computed: Computed, choices: Choices, address: Address) -> Drawn:
    """Return the chart as it is shown; `address` is that of the list with its filters."""
    load_all(drawings)
    chart, result = computed
    asked = Asked(
        result,
        chart.form,
        choices.average[0],
        choices.options.group_by,
        choices.options.period,
        choices.colours,
        _value_words(chart, choices.average[0]),
        _links(chart, result, choices.options, address),
    )
    figure = registry[result.kind].draw(asked)
    has_cases = any(one.items or any(map(any, one.workload or [])) for one in result.series)
    return Drawn(
        computed,
        figure,
        _plain({"traces": figure.traces, "layout": figure.layout, "height": figure.height,
                "base": asked.links.base, "name": chart.name}),
        asked.links,
        chart_tables.table(result, choices.options.period),
        _counted(chart, result),
        [*_notes(chart, result), *filter(None, [figure.note])],
        has_cases,
        bool(address.filters),
    )  # fmt: skip


def _plain(data: dict[str, Any]) -> Any:
    """Return the data as JSON has it: what is not finite becomes null."""
    return msgspec.json.decode(msgspec.json.encode(data))


def _value_words(chart: Chart, average: str) -> str:
    name = chart_panels.MEASURES.get(chart.measure, chart.measure)
    if chart.measure == "frequency":
        return "Number of cases"
    if chart.form in {"", "over-time", "thickness-binned"} and average != "box":
        words = name if name[1:2].isupper() or name == "mAs" else name[0].lower() + name[1:]
        return f"{chart_panels.AVERAGES[average]} {words}"
    return name


def _links(chart: Chart, result: Result, options: Options, address: Address) -> Links:
    common = [("level", chart.level)]
    value = measured(chart)
    if value is not None:
        common.append(("value", value.column))
    fold = [word for word, on in (("case", options.ignore_case), ("space", options.fold_space))
            if on]  # fmt: skip
    if fold:
        common.append(("fold", " ".join(fold)))
    if options.acquisition_type and chart.modality == "CT" and is_of_events(chart):
        common.append(("type", options.acquisition_type))
    names = {one.system for one in result.series if one.system}
    systems = dict(System.objects.filter(display_name__in=names).values_list("display_name", "pk"))
    return Links(
        address,
        tuple(common),
        systems,
        dated=chart.form in {"over-time", "control"},
        by_physician=options.split == "physician",
    )


def _counted(chart: Chart, result: Result) -> str:
    word = "event" if is_of_events(chart) else "study"
    return plural(result.cases, word)


def _notes(chart: Chart, result: Result) -> list[str]:
    """Return what is not shown, in sentences."""
    word = "event" if is_of_events(chart) else "study"
    found = []
    if result.without:
        found.append(f"{plural(result.without, word)} left out: no {_lacking(chart)}.")
    if result.cut:
        found.append(f"{plural(result.cut, 'further name')} not drawn; the CSV file has them.")
    if result.thinned:
        found.append(f"{plural(result.thinned, 'further point')} not drawn, evenly left out.")
    return found


def _lacking(chart: Chart) -> str:
    """Return what a case must have, as "description, value or mass"."""
    if chart.measure == "workload":
        return "date or time"
    needs = [_ITEMS[item_column(chart)]]
    needs += ["value"] if measured(chart) is not None else []
    needs += ["mass"] if chart.form == "mass" else []
    needs += ["thickness"] if chart.form.startswith("thickness") else []
    needs += ["date"] if chart.form in {"over-time", "control"} else []
    return " or ".join(filter(None, (", ".join(needs[:-1]), needs[-1])))


_ITEMS = {
    "acquisition_protocol": "protocol",
    "study_description": "description",
    "requested_procedure": "requested procedure",
    "standard_name": "standard name",
}
