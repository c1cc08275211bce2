"""Numbers of cases in bins of a value, for each item."""

from kerma.web import formats
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

_MOST = 3
"""Histograms over one another that can still be told apart."""


def draw(asked: Asked) -> Figure:
    """Draw the bars of the items one over the other, a few at a time."""
    found = [curve for curve in curves(asked, _MOST) if curve.item.bins]
    return Figure(
        [_bars(asked, curve) for curve in found],
        {
            "xaxis": {"title": {"text": asked.axis_words}, "automargin": True},
            "yaxis": {"title": {"text": "Number of cases"}, "rangemode": "tozero",
                      "automargin": True},
            "barmode": "overlay",
            "bargap": 0,
            "hovermode": "closest",
            **level_shapes(asked),
        },
        legend(curve.entry for curve in found),
    )  # fmt: skip


def _bars(asked: Asked, curve: Curve) -> Trace:
    bins = curve.item.bins or []
    last = len(bins) - 1
    return curve.trace | {
        "type": "bar",
        "x": [low for low, _, _ in bins],
        "width": [high - low for low, high, _ in bins],
        "offset": 0,
        "y": [count for _, _, count in bins],
        "opacity": 0.65,
        "marker": {"color": curve.colour, "line": {"width": 1, "color": "@surface"}},
        "hovertext": [_words(asked, curve, one) for one in bins],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [
            asked.links.part(curve.series, curve.item.item,
                             low=low, high=high, closed=index == last)
            for index, (low, high, _) in enumerate(bins)
        ],
    }  # fmt: skip


def _words(asked: Asked, curve: Curve, one: tuple[float, float, int]) -> str:
    low, high, count = one
    return hover(
        f"<b>{named(curve.item.item)}</b>",
        who(curve.series),
        f"{asked.value_words} {formats.number(low)} to {asked.value(high)}",
        cases(count),
    )


registry.add(Drawing("histogram", draw))
