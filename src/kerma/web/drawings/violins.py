"""How the values of each item are spread: a violin for each, with its quartiles."""

from kerma.web import formats
from kerma.web.chart_colours import series_colours
from kerma.web.drawing import (
    MOST_LINES,
    Asked,
    Cell,
    Drawing,
    Entry,
    Figure,
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
    """Draw violins below each other; the wider, the more cases have about this value."""
    found = grid(asked.result, asked.group_by)
    shades = series_colours(asked.colours, len(found.series))
    slots = max(min(len(found.series), MOST_LINES), 1)
    at, room = found.at, 0.8 / slots
    traces: list[Trace] = []
    for index, (name, cells) in enumerate(found.series.items()):
        shift = (index % slots - (slots - 1) / 2) * room
        common = {"legend_entry": index, "name": series_words(found, name), "showlegend": False,
                  "visible": index < MOST_LINES}  # fmt: skip
        rows = [(at[place] + shift, cell) for place, cell in cells.items()]
        traces.append(common | _outlines(rows, room * 0.45, shades[index]))
        traces.append(common | _quartiles(rows, shades[index]))
        traces.append(common | _medians(asked, rows, shades[index]))
    if levels := item_levels(asked, found):
        traces.append(levels)
    return Figure(
        traces,
        {
            "yaxis": place_axis(found),
            "xaxis": {"title": {"text": asked.axis_words}, "rangemode": "tozero",
                      "automargin": True},
            "hovermode": "closest",
            **level_shapes(asked),
        },
        legend(Entry(series_words(found, name), shades[index], index < MOST_LINES)
               for index, name in enumerate(found.series)),
        bar_height(len(found.places) * 2, slots),
    )  # fmt: skip


def _outlines(rows: list[tuple[float, Cell]], half: float, colour: str) -> Trace:
    """Return all violins of a series as one closed line with gaps."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for at, cell in rows:
        values, density = cell.item.x or [], cell.item.y or []
        if not values:
            continue
        most = max(density)
        xs += [*values, *reversed(values), values[0], None]
        ys += [at - half * one / most for one in density]
        ys += [at + half * one / most for one in reversed(density)]
        ys += [at - half * density[0] / most, None]
    return {
        "type": "scatter", "mode": "lines", "x": xs, "y": ys, "fill": "toself",
        "hoverinfo": "skip", "line": {"color": colour, "width": 1}, "opacity": 0.6,
    }  # fmt: skip


def _quartiles(rows: list[tuple[float, Cell]], colour: str) -> Trace:
    """Return the middle half of each item as a bar."""
    xs: list[float | None] = []
    ys: list[float | None] = []
    for at, cell in rows:
        xs += [cell.item.q1, cell.item.q3, None]
        ys += [at, at, None]
    return {
        "type": "scatter", "mode": "lines", "x": xs, "y": ys, "hoverinfo": "skip",
        "line": {"color": colour, "width": 5},
    }  # fmt: skip


def _medians(asked: Asked, rows: list[tuple[float, Cell]], colour: str) -> Trace:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [cell.item.median for _, cell in rows],
        "y": [at for at, _ in rows],
        "marker": {"color": "@surface", "size": 9, "line": {"color": colour, "width": 2.5}},
        "hovertext": [
            hover(f"<b>{named(cell.item.item)}</b>", who(cell.series),
                  f"Median {asked.value(cell.item.median)}",
                  f"Middle half {formats.number(cell.item.q1)} to {asked.value(cell.item.q3)}",
                  cases(cell.item.count))
            for _, cell in rows
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [asked.links.part(cell.series, cell.item.item) for _, cell in rows],
    }  # fmt: skip


registry.add(Drawing("violin", draw))
