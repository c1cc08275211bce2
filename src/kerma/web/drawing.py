"""What a drawing is made of, and what all drawings have in common."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any, NamedTuple

from kerma.charts.base import Item, Line, Result, Series
from kerma.registry import Registry
from kerma.web import chart_colours as colours
from kerma.web import formats
from kerma.web.chart_links import Links

Trace = dict[str, Any]

LONGEST_LABEL = 30
"""Characters of a label on an axis; the whole text is in the table and under the pointer."""

TALLEST = 1600
"""Pixels."""

MOST_LINES = 8
"""Lines shown at once; the others wait in the legend."""

NO_TEXT = "(no text)"
ALL = "All systems"


class Asked(NamedTuple):
    """What a drawing is made from."""

    result: Result
    form: str
    """That of the chart."""
    average: str
    """`mean`, `median` or `box`."""
    group_by: str
    period: str
    colours: str
    value_words: str
    """Name of the value without its unit."""
    links: Links

    @property
    def lines(self) -> list[Line]:
        """Return the reference levels to draw in."""
        return self.result.lines or []

    @property
    def axis_words(self) -> str:
        """Return the title of the axis of values."""
        unit = self.result.unit
        is_said = not unit or self.value_words.endswith(unit)
        return self.value_words if is_said else f"{self.value_words} ({unit})"

    def value(self, value: float | None) -> str:
        """Return a value with its unit."""
        return f"{formats.number(value)}{formats.THIN}{self.result.unit}".strip() or "none"


class Entry(NamedTuple):
    """One entry of the legend: which traces it shows and hides."""

    name: str
    colour: str
    shown: bool = True


class Figure(NamedTuple):
    """A finished drawing."""

    traces: list[Trace]
    layout: dict[str, Any]
    legend: list[Entry]
    """In the order of `legend` of the traces; none where there is but one series."""
    height: int = 380
    note: str = ""
    """What of it is not drawn, as a sentence."""


class Drawing(NamedTuple):
    """How one kind of result is drawn."""

    name: str
    draw: Callable[[Asked], Figure]


registry: Registry[Drawing] = Registry("drawing")


def named(text: str, otherwise: str = NO_TEXT) -> str:
    """Return a name as plotly shows it: text is text, never mark-up."""
    return escape(formats.text(text), quote=False) if text else otherwise


def short(text: str, otherwise: str = NO_TEXT) -> str:
    """Return a name short enough for an axis."""
    if len(text) > LONGEST_LABEL:
        text = f"{text[: LONGEST_LABEL - 9].rstrip()}…{text[-8:].lstrip()}"
    return named(text, otherwise)


def who(series: Series) -> str:
    """Return the names of the system and the physician as plotly shows them."""
    return " · ".join(named(part) for part in (series.system, series.split) if part) or ALL


def cases(count: int, word: str = "case") -> str:
    """Return "n = 12"."""
    return f"n = {formats.whole(count)}"


def hover(*lines: str) -> str:
    """Return the text under the pointer."""
    return "<br>".join(line for line in lines if line)


class Cell(NamedTuple):
    """What one series has at one place of the axis."""

    series: Series
    item: Item


class Grid(NamedTuple):
    """Places along an axis, and series that have a value at some of them."""

    places: list[str]
    series: dict[tuple[str, str], dict[str, Cell]]
    """Name of a series and the physician, if split so -> place -> what is there."""
    places_are_systems: bool

    @property
    def at(self) -> dict[str, int]:
        """Return the number of each place."""
        return {place: index for index, place in enumerate(self.places)}


def grid(result: Result, group_by: str) -> Grid:
    """Return items along the axis and a series for each system, or the other way round."""
    by_system = group_by == "system"
    places: dict[str, None] = {}
    series: dict[tuple[str, str], dict[str, Cell]] = {}
    for one in result.series:
        for item in one.items:
            place, name = (one.system, item.item) if by_system else (item.item, one.system)
            places[place] = None
            series.setdefault((name, one.split), {})[place] = Cell(one, item)
    if len(series) > MOST_LINES:
        series = dict(sorted(series.items(), key=lambda pair: -_cases(pair[1])))
    return Grid(list(places), series, by_system)


def _cases(cells: dict[str, Cell]) -> int:
    return sum(cell.item.count for cell in cells.values())


def place_axis(found: Grid) -> dict[str, Any]:
    """Return the axis of items, the first at the top."""
    words = ALL if found.places_are_systems else NO_TEXT
    count = len(found.places)
    return {
        "tickmode": "array",
        "tickvals": list(range(count)),
        "ticktext": [short(place, words) for place in found.places],
        "range": [count - 0.5, -0.5],
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
        "fixedrange": count < 3,
    }


def series_words(found: Grid, name: tuple[str, str]) -> str:
    """Return the name of a series."""
    parts = [named(part) for part in name if part]
    return " · ".join(parts) or (NO_TEXT if found.places_are_systems else ALL)


def bar_height(places: int, series: int) -> int:
    """Return the height of a drawing whose items lie below each other, in pixels."""
    row = max(26 - 0.3 * places, 16) + 11 * (series - 1)
    return min(round(110 + places * row), TALLEST)


class Curve(NamedTuple):
    """One line of a chart with a line for each system and item."""

    series: Series
    item: Item
    name: str
    colour: str
    place: int
    """In the legend."""
    shown: bool
    """Whether it is shown at first."""

    @property
    def trace(self) -> Trace:
        """Return what every trace of it needs."""
        return {
            "name": self.name,
            "legend_entry": self.place,
            "visible": self.shown,
            "showlegend": False,
        }

    @property
    def entry(self) -> Entry:
        """Return its entry of the legend."""
        return Entry(self.name, self.colour, self.shown)


def curves(asked: Asked, most: int = MOST_LINES) -> list[Curve]:
    """Return a curve for each item of each system, those with most cases first.

    After `most` of them, they are shown when the legend is pressed, and colours come again.
    """
    pairs = [(series, item) for series in asked.result.series for item in series.items]
    pairs.sort(key=lambda pair: -pair[1].count)
    several = len(asked.result.series) > 1
    shades = colours.series_colours(asked.colours, max(min(len(pairs), most), 1))
    if asked.colours == colours.SAFE:
        shades = colours.series_colours(colours.SAFE, colours.SAFE_COUNT)
    return [
        Curve(
            series,
            item,
            _curve_name(series, item, several=several),
            shades[index % len(shades)],
            index,
            index < most,
        )
        for index, (series, item) in enumerate(pairs)
    ]


def _curve_name(series: Series, item: Item, *, several: bool) -> str:
    name = named(item.item)
    return f"{who(series)} · {name}" if several else name


def legend(entries: Iterable[Entry]) -> list[Entry]:
    """Return the legend, none where one name says nothing."""
    found = list(entries)
    return found if len(found) > 1 else []


def level_shapes(asked: Asked, axis: str = "x") -> dict[str, Any]:
    """Return lines and words of the reference levels, across the axis of values.

    Those of single items are drawn only where all items have the same, or there is one.
    """
    items = {item.item for series in asked.result.series for item in series.items}
    drawn = [line for line in asked.lines if not line.item or items == {line.item}]
    return {
        "shapes": [_level_line(line, axis) for line in drawn],
        "annotations": [_level_words(line, axis) for line in drawn],
    }


def _level_line(line: Line, axis: str) -> dict[str, Any]:
    other = "y" if axis == "x" else "x"
    ends = {f"{axis}0": line.value, f"{axis}1": line.value, f"{other}0": 0, f"{other}1": 1}
    style = {"color": "@over", "width": 1.5, "dash": "dash"}
    return {"type": "line", "line": style, f"{other}ref": "paper", **ends}


def _level_words(line: Line, axis: str) -> dict[str, Any]:
    place = (
        {"x": line.value, "y": 1, "yref": "paper", "yanchor": "bottom"}
        if axis == "x"
        else {"y": line.value, "x": 1, "xref": "paper", "xanchor": "right", "yanchor": "bottom"}
    )
    return {
        "text": f"{named(line.label)} {formats.number(line.value)}",
        "showarrow": False,
        "font": {"color": "@over", "size": 11},
        **place,
    }  # fmt: skip


def item_levels(asked: Asked, found: Grid) -> Trace | None:
    """Return the reference levels of single items, each across its row; None without any."""
    at = {} if found.places_are_systems else found.at
    lines = [line for line in asked.lines if line.item and line.item in at]
    if not lines or len(at) == 1:
        return None
    xs: list[float | None] = []
    ys: list[float | None] = []
    words: list[str] = []
    for line in lines:
        xs += [line.value, line.value, None]
        ys += [at[line.item] - 0.42, at[line.item] + 0.42, None]
        said = hover(f"<b>{named(line.item)}</b>", named(line.label), asked.value(line.value))
        words += [said] * 3
    return {
        "type": "scatter",
        "mode": "lines",
        "x": xs,
        "y": ys,
        "hovertext": words,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "line": {"width": 2, "color": "@over", "dash": "dash"},
        "name": "Reference level",
        "showlegend": False,
        "role": "level",
    }
