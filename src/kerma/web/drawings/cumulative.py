"""The share of the cases that have at most a value, a curve for each item."""

from kerma.web.chart_colours import dash
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
    """Draw a curve of steps for each item."""
    found = [curve for curve in curves(asked) if curve.item.x]
    return Figure(
        [_steps(asked, curve) for curve in found],
        {
            "xaxis": {"title": {"text": asked.axis_words}, "rangemode": "tozero",
                      "automargin": True},
            "yaxis": {"title": {"text": "Share of cases (%)"}, "range": [0, 101],
                      "automargin": True},
            "hovermode": "closest",
            **level_shapes(asked),
        },
        legend(curve.entry for curve in found),
    )  # fmt: skip


def _steps(asked: Asked, curve: Curve) -> Trace:
    values = curve.item.x or []
    shares = [100 * share for share in curve.item.y or []]
    part = asked.links.part
    head = hover(f"<b>{named(curve.item.item)}</b>", who(curve.series))
    return curve.trace | {
        "type": "scatter",
        "mode": "lines",
        "x": values,
        "y": shares,
        "line": {"shape": "hv", "color": curve.colour, "dash": dash(curve.place), "width": 2},
        "hovertext": [
            hover(head, f"{share:.1f} % have at most {asked.value(value)}",
                  cases(curve.item.count))
            for value, share in zip(values, shares, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [
            part(curve.series, curve.item.item, high=value, closed=True) for value in values
        ],
    }  # fmt: skip


registry.add(Drawing("cumulative", draw))
