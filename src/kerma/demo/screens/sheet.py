"""Where texts stand on a screen, before anybody draws them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

Measure = Callable[[str], int]
"""Width of a text in pixels."""


class Placed(NamedTuple):
    """A text, its left edge in pixels, its line from the top."""

    x: int
    line: float
    text: str


class Look(NamedTuple):
    """How one scanner of a maker shows its screens; the same for all its studies."""

    language: str = "en"
    comma: bool = False
    """Whether decimals come after a comma."""
    variant: int = 0
    """One of the ways of the maker, any whole number."""
    gap: int = 3
    """Between columns, in digits."""


class Identity(NamedTuple):
    """What names the patient on the screen; all of it is made up."""

    patient_name: str = "EXAMPLE^ANNA"
    patient_id: str = "4711"
    birth_date: str = "1950-01-31"
    accession_number: str = "A12345"
    physician: str = "Dr. Sample"
    institution: str = "Example Hospital"
    model: str = ""


@dataclass(slots=True)
class Sheet:
    """One page of a screen."""

    measure: Measure
    texts: list[Placed] = field(default_factory=list)
    line: float = 1

    def write(self, text: str, x: int = 0, *, stay: bool = False) -> None:
        """Write on the present line, and go to the next one."""
        self.texts.append(Placed(x, self.line, text))
        if not stay:
            self.line += 1

    def spread(self, *texts: str, width: int) -> None:
        """Write texts on one line: the first at the left edge, the last at the right one."""
        step = width / max(len(texts) - 1, 1)
        for place, text in enumerate(texts):
            x = round(place * step) - (self.measure(text) if place else 0)
            self.texts.append(Placed(max(x, 0), self.line, text))
        self.line += 1

    def grid(self, grid: "Grid", rows: Sequence[int]) -> None:
        """Write rows of a grid, one a line."""
        for row in rows:
            for column, text in enumerate(grid.rows[row]):
                if text:
                    self.texts.append(Placed(grid.x(column, text), self.line, text))
            self.line += 1


class Grid:
    """Cells under headings, columns as wide as their widest cell.

    Parameters
    ----------
    align
        One letter a column: l, r, c.
    gap, left
        Between the columns, and before the first one, in pixels.
    """

    def __init__(
        self, rows: list[list[str]], align: str, measure: Measure, gap: int, left: int = 0
    ) -> None:
        self.rows, self._align, self._measure = rows, align, measure
        self._widths = [max(map(measure, column)) for column in zip(*rows, strict=True)]
        self._left = [left + sum(self._widths[:n]) + n * gap for n in range(len(align))]

    @property
    def width(self) -> int:
        """Up to the right edge, in pixels."""
        return self._left[-1] + self._widths[-1]

    def x(self, column: int, text: str) -> int:
        """Return the left edge of a cell's text."""
        free = self._widths[column] - self._measure(text)
        share = {"l": 0, "c": free // 2, "r": free}[self._align[column]]
        return self._left[column] + share


def printed(value: float | None, decimals: int, look: Look, missing: str = "") -> str:
    """Return a number as the screen shows it."""
    if value is None:
        return missing
    text = f"{value:.{decimals}f}"
    return text.replace(".", ",") if look.comma else text
