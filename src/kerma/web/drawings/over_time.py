"""Averages and numbers of cases by day, week, month, quarter or year."""

import datetime as dt

from kerma.web.chart_colours import dash, symbol
from kerma.web.chart_periods import last_day, period_words
from kerma.web.drawing import (
    Asked,
    Curve,
    Drawing,
    Figure,
    Trace,
    cases,
    curves,
    hover,
    legend,
    level_shapes,
    named,
    registry,
    who,
)


def draw(asked: Asked) -> Figure:
    """Draw a line for each item, and below it the number of cases of each period."""
    found = curves(asked)
    traces = [_line(asked, curve) for curve in found]
    layout = {
        "xaxis": {"type": "date", "automargin": True, "hoverformat": "%d %b %Y"},
        "yaxis": {"title": {"text": asked.axis_words}, "rangemode": "tozero", "automargin": True},
        "hovermode": "closest",
    } | level_shapes(asked, "y")
    if asked.result.measure != "frequency":
        traces.append(_numbers(asked))
        layout["yaxis"]["domain"] = [0.28, 1]
        layout["yaxis2"] = {"domain": [0, 0.18], "title": {"text": "Cases"}, "nticks": 3,
                            "rangemode": "tozero", "automargin": True}  # fmt: skip
        layout["xaxis"]["anchor"] = "y2"
    return Figure(traces, layout, legend(curve.entry for curve in found), 440)


def _line(asked: Asked, curve: Curve) -> Trace:
    points = curve.item.points or []
    values = [_value(asked, point) for point in points]
    return curve.trace | {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [first for first, *_ in points],
        "y": values,
        "line": {"color": curve.colour, "dash": dash(curve.place), "width": 2},
        "marker": {"color": curve.colour, "symbol": symbol(curve.place), "size": 8},
        "hovertext": [_words(asked, curve, point) for point in points],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [_link(asked, curve, first) for first, *_ in points],
    }


def _value(asked: Asked, point: tuple[str, int, float | None, float | None]) -> float | None:
    _, count, mean, median = point
    if asked.result.measure == "frequency":
        return count
    return mean if asked.average == "mean" else median


def _words(
    asked: Asked, curve: Curve, point: tuple[str, int, float | None, float | None]
) -> str:  # fmt: skip
    first, count, mean, median = point
    values = "" if asked.result.measure == "frequency" else (
        f"Median {asked.value(median)}<br>Mean {asked.value(mean)}"
    )  # fmt: skip
    return hover(f"<b>{named(curve.item.item)}</b>", who(curve.series),
                 period_words(first, asked.period), values, cases(count))  # fmt: skip


def _link(asked: Asked, curve: Curve, first: str) -> str:
    start = dt.date.fromisoformat(first)
    part = asked.links.part(curve.series, curve.item.item)
    return f"{part}&{asked.links.dates(start, last_day(start, asked.period))}"


def _numbers(asked: Asked) -> Trace:
    """Return the number of cases of all items in each period."""
    counts: dict[str, int] = {}
    for series in asked.result.series:
        for item in series.items:
            for first, count, *_ in item.points or []:
                counts[first] = counts.get(first, 0) + count
    days = sorted(counts)
    return {
        "type": "bar",
        "x": days,
        "y": [counts[day] for day in days],
        "yaxis": "y2",
        "marker": {"color": "@muted"},
        "opacity": 0.5,
        "name": "Cases",
        "showlegend": False,
        "hovertext": [hover(period_words(day, asked.period), cases(counts[day])) for day in days],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "role": "numbers",
    }


registry.add(Drawing("over-time", draw))
