"""Averages in nine bins of breast thickness."""

from math import isfinite

from kerma.web import formats
from kerma.web.chart_colours import dash, symbol
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
    """Draw a line for each item, a point for each bin that has cases."""
    found = [curve for curve in curves(asked) if curve.item.bins]
    edges = found[0].item.bins or [] if found else []
    return Figure(
        [_line(asked, curve) for curve in found],
        {
            "xaxis": {"title": {"text": "Compressed breast thickness (mm)"},
                      "tickmode": "array", "tickvals": list(range(len(edges))),
                      "ticktext": [bin_words(low, high) for low, high, _ in edges],
                      "range": [-0.5, max(len(edges), 1) - 0.5], "zeroline": False,
                      "automargin": True},
            "yaxis": {"title": {"text": asked.axis_words}, "rangemode": "tozero",
                      "automargin": True},
            "hovermode": "closest",
            **level_shapes(asked, "y"),
        },
        legend(curve.entry for curve in found),
    )  # fmt: skip


def _line(asked: Asked, curve: Curve) -> Trace:
    item = curve.item
    values = (item.means if asked.average == "mean" else item.medians) or []
    found = [(place, one, value) for place, (one, value) in enumerate(zip(item.bins or [], values,
             strict=True)) if value is not None]  # fmt: skip
    return curve.trace | {
        "type": "scatter",
        "mode": "lines+markers",
        "x": [place for place, *_ in found],
        "y": [value for *_, value in found],
        "line": {"color": curve.colour, "dash": dash(curve.place), "width": 2},
        "marker": {"color": curve.colour, "symbol": symbol(curve.place), "size": 8},
        "hovertext": [
            hover(f"<b>{named(item.item)}</b>", who(curve.series),
                  f"{bin_words(low, high)}{formats.THIN}mm",
                  f"{asked.value_words} {asked.value(value)}", cases(count))
            for _, (low, high, count), value in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [
            asked.links.part(curve.series, item.item, thickness_low=low,
                             **({"thickness_high": high} if isfinite(high) else {}))
            for _, (low, high, _), _ in found
        ],
    }  # fmt: skip


def bin_words(low: float, high: float) -> str:
    """Return "20–30", "≥ 90" or "below 20"."""
    if not isfinite(high):
        return f"≥ {low:g}"
    return f"{low:g}–{high:g}" if low > 0 else f"below {high:g}"


registry.add(Drawing("binned", draw))
