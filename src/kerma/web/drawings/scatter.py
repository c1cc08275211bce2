"""A value against patient mass or breast thickness, a point for each case."""

from kerma.web import formats
from kerma.web.chart_colours import symbol
from kerma.web.drawing import (
    Asked,
    Curve,
    Drawing,
    Figure,
    Trace,
    curves,
    hover,
    legend,
    level_shapes,
    named,
    registry,
    who,
)

AXES = {"mass": ("Patient mass", "kg"), "thickness": ("Compressed breast thickness", "mm")}
"""Form -> what stands along the axis, and its unit."""


def draw(asked: Asked) -> Figure:
    """Draw a point for each case."""
    words, unit = AXES[asked.form]
    found = [curve for curve in curves(asked) if curve.item.x]
    return Figure(
        [_points(asked, curve, words, unit) for curve in found],
        {
            "xaxis": {"title": {"text": f"{words} ({unit})"}, "automargin": True},
            "yaxis": {"title": {"text": asked.axis_words}, "rangemode": "tozero",
                      "automargin": True},
            "hovermode": "closest",
            **level_shapes(asked, "y"),
        },
        legend(curve.entry for curve in found),
        420,
    )  # fmt: skip


def _points(asked: Asked, curve: Curve, words: str, unit: str) -> Trace:
    xs, ys = curve.item.x or [], curve.item.y or []
    head = hover(f"<b>{named(curve.item.item)}</b>", who(curve.series))
    return curve.trace | {
        "type": "scatter",
        "mode": "markers",
        "x": xs,
        "y": ys,
        "marker": {"color": curve.colour, "symbol": symbol(curve.place), "size": 7,
                   "opacity": 0.7},
        "hovertext": [
            hover(head, f"{words} {formats.number(x)}{formats.THIN}{unit}",
                  f"{asked.value_words} {asked.value(y)}")
            for x, y in zip(xs, ys, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "study_ids": curve.item.study_ids or [],
    }  # fmt: skip


registry.add(Drawing("scatter", draw))
