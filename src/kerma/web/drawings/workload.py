"""Numbers of studies by weekday and hour: a field of squares for each system."""

from kerma.charts.base import Series
from kerma.query.behind import DAYS
from kerma.web import formats
from kerma.web.chart_colours import shades
from kerma.web.drawing import Asked, Drawing, Figure, Trace, hover, registry, who

_MOST = 10
"""Fields below each other."""


def draw(asked: Asked) -> Figure:
    """Draw weekdays below each other and hours along; darker or lighter for more studies."""
    known = [series for series in asked.result.series if series.workload]
    fields = sorted(known, key=_studies, reverse=True)[:_MOST]
    fields.sort(key=known.index)
    most = max((max(map(max, one.workload or [[0]])) for one in fields), default=0)
    tall = 8 if len(fields) > 1 else 7
    traces = [_squares(asked, one, index * tall, most) for index, one in enumerate(fields)]
    total = max(len(fields) * tall, 7)
    return Figure(
        traces,
        {
            "xaxis": {"title": {"text": "Hour of the day"}, "tickmode": "linear", "dtick": 2,
                      "range": [-0.5, 23.5], "showgrid": False, "zeroline": False},
            "yaxis": {"tickmode": "array", "range": [total - 0.5, -0.5 - (tall == 8)],
                      "tickvals": [index * tall + day for index in range(len(fields))
                                   for day in range(7)],
                      "ticktext": [day[:3] for _ in fields for day in DAYS],
                      "showgrid": False, "zeroline": False, "automargin": True},
            "hovermode": "closest",
            "bargap": 0,
            "barmode": "overlay",
            "annotations": [
                {"text": who(one), "x": -0.5, "y": index * tall - 0.9,
                 "xanchor": "left", "showarrow": False}
                for index, one in enumerate(fields)
            ] if tall == 8 else [],
        },
        [],
        90 + 30 * total,
        f"Drawn are the {_MOST} with most studies of {len(known)}; the table has all."
        if len(known) > _MOST else "",
    )  # fmt: skip


def _studies(series: Series) -> int:
    return sum(map(sum, series.workload or []))


def _squares(asked: Asked, series: Series, top: int, most: int) -> Trace:
    found = [
        (day, hour, count)
        for day, hours in enumerate(series.workload or [])
        for hour, count in enumerate(hours)
        if count
    ]
    return {
        "type": "bar",
        "x": [hour for _, hour, _ in found],
        "base": [top + day - 0.46 for day, _, _ in found],
        "y": [0.92] * len(found),
        "width": 0.92,
        "text": [formats.whole(count) for *_, count in found],
        "textposition": "none",
        "counts": [count for *_, count in found],
        "marker": {"color": shades(asked.colours, [count / most for *_, count in found])},
        "hovertext": [
            hover(f"<b>{DAYS[day]} {hour}:00 to {hour}:59</b>", who(series),
                  formats.plural(count, "study"))
            for day, hour, count in found
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [
            asked.links.part(series, weekday=day + 1, hour=hour) for day, hour, _ in found
        ],
        "name": who(series),
        "showlegend": False,
    }  # fmt: skip


registry.add(Drawing("workload", draw))
