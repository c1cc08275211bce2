"""Control charts: averages of periods with their limits, changes of level, software versions."""

import datetime as dt

from kerma.charts.base import Change, Control
from kerma.web import formats
from kerma.web.chart_periods import last_day, period_words
from kerma.web.drawing import (
    Asked,
    Curve,
    Drawing,
    Entry,
    Figure,
    Trace,
    cases,
    curves,
    hover,
    legend,
    named,
    registry,
    who,
)


def draw(asked: Asked) -> Figure:
    """Draw one item of one system at a time; the legend brings the others."""
    found = [curve for curve in curves(asked, 1) if curve.item.control and curve.item.points]
    traces: list[Trace] = []
    for curve in found:
        control = curve.item.control
        assert control is not None
        common = curve.trace | {"visible": curve.place == found[0].place}
        traces += [common | one for one in _lines(curve, control)]
        traces.append(common | _changes(curve, control.versions, "Software", control))
        traces.append(common | _changes(curve, control.levels, "Level", control))
        traces.append(common | _points(asked, curve, control))
    return Figure(
        traces,
        {
            "xaxis": {"type": "date", "automargin": True},
            "yaxis": {"title": {"text": asked.axis_words}, "automargin": True},
            "hovermode": "closest",
        },
        legend(Entry(curve.name, curve.colour, curve.place == found[0].place)
               for curve in found),
        420,
    )  # fmt: skip


def _lines(curve: Curve, control: Control) -> list[Trace]:
    """Return the centre and the limits."""
    days = [day for day, *_ in curve.item.points or []]

    def line(value: float, dash: str, words: str) -> Trace:
        return {"type": "scatter", "mode": "lines", "x": [days[0], days[-1]], "y": [value, value],
                "line": {"color": "@muted", "width": 1.25, "dash": dash},
                "hovertemplate": f"{words} {formats.number(value)}<extra></extra>"}  # fmt: skip

    return [
        line(control.centre, "solid", "Centre"),
        line(control.lower, "dash", "Lower limit"),
        line(control.upper, "dash", "Upper limit"),
    ]


def _changes(curve: Curve, changes: list[Change], kind: str, control: Control) -> Trace:
    """Return upright lines where something changed, with its words."""
    low, high = min([control.lower, *_known(control)]), max([control.upper, *_known(control)])
    xs: list[str | None] = []
    ys: list[float | None] = []
    words: list[str] = []
    for change in changes:
        xs += [change.day, change.day, None]
        ys += [low, high, None]
        words += [_change_words(change)] * 3
    colour = "@notice" if kind == "Software" else "@warn"
    return {
        "type": "scatter", "mode": "lines", "x": xs, "y": ys, "hovertext": words,
        "hovertemplate": "%{hovertext}<extra></extra>", "role": kind.lower(),
        "line": {"color": colour, "width": 2, "dash": "dot" if kind == "Software" else "solid"},
    }  # fmt: skip


def _known(control: Control) -> list[float]:
    return [value for value in control.points if value == value]


def _change_words(change: Change) -> str:
    level = "" if change.before is None else (
        f"Level changed from {formats.number(change.before)} to {formats.number(change.after)}"
    )  # fmt: skip
    version = "" if not (change.version_before or change.version_after) else (
        f"Software {named(change.version_before, 'unknown')} to "
        f"{named(change.version_after, 'unknown')}"
    )  # fmt: skip
    return hover(formats.day(dt.date.fromisoformat(change.day)), level, version)


def _points(asked: Asked, curve: Curve, control: Control) -> Trace:
    points = curve.item.points or []
    outside = frozenset(control.outside)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [day for day, *_ in points],
        "y": [value if value == value else None for value in control.points],
        "line": {"color": curve.colour, "width": 1.5},
        "marker": {
            "size": [11 if index in outside else 7 for index in range(len(points))],
            "symbol": ["diamond" if index in outside else "circle"
                       for index in range(len(points))],
            "color": ["@over" if index in outside else curve.colour
                      for index in range(len(points))],
        },
        "hovertext": [
            hover(f"<b>{named(curve.item.item)}</b>", who(curve.series),
                  period_words(day, asked.period),
                  f"Geometric mean {asked.value(value)}",
                  "Outside what chance explains" if index in outside else "", cases(count))
            for index, ((day, count, *_), value) in enumerate(
                zip(points, control.points, strict=True))
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [_link(asked, curve, day) for day, *_ in points],
    }  # fmt: skip


def _link(asked: Asked, curve: Curve, first: str) -> str:
    start = dt.date.fromisoformat(first)
    part = asked.links.part(curve.series, curve.item.item)
    return f"{part}&{asked.links.dates(start, last_day(start, asked.period))}"


registry.add(Drawing("control", draw))
