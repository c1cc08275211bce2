"""Systems against the limits within which chance alone would hold them."""

from kerma.charts.base import Funnel
from kerma.web.chart_colours import series_colours, symbol
from kerma.web.drawing import (
    Asked,
    Cell,
    Drawing,
    Entry,
    Figure,
    Trace,
    cases,
    hover,
    legend,
    named,
    registry,
    who,
)


def draw(asked: Asked) -> Figure:
    """Draw the systems of one item at a time: number of cases along, mean or share upwards."""
    funnels = asked.result.funnels or []
    shades = series_colours(asked.colours, len(funnels))
    traces = []
    for place, funnel in enumerate(funnels):
        common = {"legend_entry": place, "visible": place == 0, "showlegend": False,
                  "name": named(funnel.item)}  # fmt: skip
        traces += [common | one for one in _limits(funnel, _factor(asked))]
        traces.append(common | _systems(asked, funnel, place, shades[place]))
    words = "Cases above the limit (%)" if _is_share(asked) else f"Mean {asked.axis_words}"
    return Figure(
        traces,
        {
            "xaxis": {"title": {"text": "Number of cases"}, "rangemode": "tozero",
                      "automargin": True},
            "yaxis": {"title": {"text": words}, "automargin": True},
            "hovermode": "closest",
        },
        legend(Entry(named(one.item), shades[place], place == 0)
               for place, one in enumerate(funnels)),
        420,
    )  # fmt: skip


def _is_share(asked: Asked) -> bool:
    return any(item.share is not None for one in asked.result.series for item in one.items)


def _factor(asked: Asked) -> float:
    return 100.0 if _is_share(asked) else 1.0


def _limits(funnel: Funnel, factor: float) -> list[Trace]:
    """Return the target and the limits of 95 % and 99.8 %."""

    def line(values: list[float], dash: str, words: str) -> Trace:
        return {"type": "scatter", "mode": "lines", "x": funnel.n, "hoverinfo": "skip",
                "y": [value * factor for value in values], "name": words,
                "line": {"color": "@muted", "width": 1.25, "dash": dash}}  # fmt: skip

    return [
        line([funnel.target] * len(funnel.n), "solid", "All systems"),
        line(funnel.lower95, "dash", "95 %"),
        line(funnel.upper95, "dash", "95 %"),
        line(funnel.lower998, "dot", "99.8 %"),
        line(funnel.upper998, "dot", "99.8 %"),
    ]


def _systems(asked: Asked, funnel: Funnel, place: int, colour: str) -> Trace:
    cells = [Cell(one, item) for one in asked.result.series for item in one.items
             if item.item == funnel.item]  # fmt: skip
    values = [cell.item.share * 100 if cell.item.share is not None else cell.item.mean
              for cell in cells]  # fmt: skip
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [cell.item.count for cell in cells],
        "y": values,
        "marker": {"color": colour, "symbol": symbol(place), "size": 10},
        "hovertext": [
            hover(f"<b>{who(cell.series)}</b>", named(cell.item.item), _said(asked, cell, value),
                  cases(cell.item.count))
            for cell, value in zip(cells, values, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "customdata": [asked.links.part(cell.series, cell.item.item) for cell in cells],
    }  # fmt: skip


def _said(asked: Asked, cell: Cell, value: float | None) -> str:
    if cell.item.share is None:
        return f"Mean {asked.value(value)}"
    return f"{cell.item.share * 100:.1f} % above the limit"


registry.add(Drawing("funnel", draw))
