"""Averages and numbers of cases of each item: bars, or boxes."""

from kerma.web import formats
from kerma.web.chart_colours import series_colours
from kerma.web.drawing import (
    MOST_LINES,
    Asked,
    Cell,
    Drawing,
    Entry,
    Figure,
    Grid,
    Trace,
    bar_height,
    cases,
    grid,
    hover,
    item_levels,
    legend,
    level_shapes,
    named,
    place_axis,
    registry,
    series_words,
    who,
)


def draw(asked: Asked) -> Figure:
    """Draw bars or boxes, items below each other."""
    found = grid(asked.result, asked.group_by)
    shades = series_colours(asked.colours, len(found.series))
    traces: list[Trace] = []
    for index, name in enumerate(found.series):
        make = _boxes if asked.average == "box" and not _counts(asked) else _bars
        for trace in make(asked, found, name, index):
            trace |= {"name": series_words(found, name), "legend_entry": index}
            trace["marker"] = trace.get("marker", {}) | {"color": shades[index]}
            trace |= {"showlegend": False, "visible": index < MOST_LINES}
            traces.append(trace)
    if levels := item_levels(asked, found):
        traces.append(levels)
    return Figure(
        traces,
        {
            "yaxis": place_axis(found),
            "xaxis": {"title": {"text": asked.axis_words}, "rangemode": "tozero",
                      "automargin": True},
            "barmode": "group",
            "boxmode": "group",
            "bargap": 0.25,
            "boxgap": 0.25,
            "bargroupgap": 0,
            "boxgroupgap": 0.1,
            "hovermode": "closest",
            **level_shapes(asked),
        },
        legend(Entry(series_words(found, name), shades[index], index < MOST_LINES)
               for index, name in enumerate(found.series)),
        bar_height(len(found.places), min(len(found.series), MOST_LINES)),
    )  # fmt: skip


def _counts(asked: Asked) -> bool:
    """Return whether the chart counts cases."""
    return asked.result.measure == "frequency"


def _words(asked: Asked, cell: Cell, *lines: str) -> str:
    return hover(f"<b>{named(cell.item.item)}</b>", who(cell.series), *lines,
                 "" if _counts(asked) else cases(cell.item.count))  # fmt: skip


def _bars(asked: Asked, found: Grid, name: tuple[str, str], index: int) -> list[Trace]:
    """Return the bars of one series."""
    places = found.at
    values, at, words, links = [], [], [], []
    for place, cell in found.series[name].items():
        value = cell.item.count if _counts(asked) else getattr(cell.item, _kind(asked))
        if value is None:
            continue
        values.append(value)
        at.append(places[place])
        said = formats.whole(value) if _counts(asked) else asked.value(value)
        words.append(_words(asked, cell, f"{asked.value_words} {said}"))
        links.append(asked.links.part(cell.series, cell.item.item))
    return [
        {
            "type": "bar",
            "orientation": "h",
            "x": values,
            "y": at,
            "customdata": links,
            "hovertext": words,
            "hovertemplate": "%{hovertext}<extra></extra>",
            "marker": {"line": {"width": 0.5, "color": "@line-strong"}},
        }
    ]


def _kind(asked: Asked) -> str:
    return "mean" if asked.average == "mean" else "median"


def _boxes(asked: Asked, found: Grid, name: tuple[str, str], index: int) -> list[Trace]:
    """Return the boxes of one series, and over each what is clicked and explained."""
    at = found.at
    rows = [(at[place], cell) for place, cell in found.series[name].items()
            if cell.item.q1 is not None]  # fmt: skip
    places = [place for place, _ in rows]
    box: Trace = {
        "type": "box",
        "orientation": "h",
        "y": places,
        "hoverinfo": "skip",
        "line": {"width": 1.5},
        "q1": [cell.item.q1 for _, cell in rows],
        "median": [cell.item.median for _, cell in rows],
        "q3": [cell.item.q3 for _, cell in rows],
        "mean": [cell.item.mean for _, cell in rows],
        "lowerfence": [cell.item.min for _, cell in rows],
        "upperfence": [cell.item.max for _, cell in rows],
    }
    cover: Trace = {
        "type": "bar",
        "orientation": "h",
        "y": places,
        "base": [cell.item.min for _, cell in rows],
        "x": [(cell.item.max or 0) - (cell.item.min or 0) for _, cell in rows],
        "opacity": 0.01,
        "customdata": [asked.links.part(cell.series, cell.item.item) for _, cell in rows],
        "hovertext": [_words(asked, cell, *_five(asked, cell)) for _, cell in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "role": "cover",
    }
    return [box, cover]


def _five(asked: Asked, cell: Cell) -> tuple[str, ...]:
    item = cell.item
    return (
        f"Median {asked.value(item.median)}",
        f"Middle half {formats.number(item.q1)} to {asked.value(item.q3)}",
        f"All {formats.number(item.min)} to {asked.value(item.max)}",
        f"Mean {asked.value(item.mean)}",
    )


registry.add(Drawing("average", draw))
registry.add(Drawing("frequency", draw))
