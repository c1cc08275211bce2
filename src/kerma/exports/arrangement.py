"""Studies and their events in, the rows of the sheet "All data" out, as each modality has them."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

from kerma.exports import grouping
from kerma.exports.cells import Cell, Cells
from kerma.exports.columns import Columns
from kerma.exports.layout import Flat, headings, wide_headings
from kerma.exports.reading import Data
from kerma.exports.workbook import MOST_COLUMNS

Row = tuple[Cell, ...]


class Arrangement(Protocol):
    """How the events of a study stand in its row."""

    def headings(self) -> list[str]:
        """Return the headings, once all rows are known."""
        ...

    def rows(self, flat: Flat, study: Sequence[Row], events: Sequence[Row]) -> Iterator[Row]:
        """Return the rows of some studies, whose values and cells are given."""
        ...

    def notes(self) -> Iterator[str]:
        """Return what did not fit."""
        ...


class Wide:
    """A row for each study, its events to the right."""

    def __init__(self, columns: Columns, data: Data, cells: Cells) -> None:
        self._columns, self._most = columns, data.most_events
        self._blocks = min(self._most, _room(columns) // len(columns.event))

    def headings(self) -> list[str]:
        """Return those of the study and of as many events as one has."""
        return wide_headings(self._columns, self._blocks)

    def rows(self, flat: Flat, study: Sequence[Row], events: Sequence[Row]) -> Iterator[Row]:
        """Return one row for each study."""
        left = iter(events)
        for cells, count in zip(study, flat.counts, strict=True):
            row = list(cells)
            for event in list(islice(left, count))[: self._blocks]:
                row += event
            yield tuple(row)

    def notes(self) -> Iterator[str]:
        """Tell of events beyond the last column."""
        if self._most > self._blocks:
            yield (
                f"A sheet has no room for more than {self._blocks} events to the right; further "
                "events of a study are in the sheets of the protocols alone."
            )


class Long:
    """A row for each event, after the values of its study."""

    def __init__(self, columns: Columns, data: Data, cells: Cells) -> None:
        self._columns = columns

    def headings(self) -> list[str]:
        """Return those of study and event."""
        return headings(self._columns.study) + headings(self._columns.event)

    def rows(self, flat: Flat, study: Sequence[Row], events: Sequence[Row]) -> Iterator[Row]:
        """Return one row for each event, and one for a study without any."""
        left = iter(events)
        for cells, count in zip(study, flat.counts, strict=True):
            if not count:
                yield cells
            for event in islice(left, count):
                yield cells + event

    def notes(self) -> Iterator[str]:
        """Return nothing: all fits."""
        return iter(())


class Groups:
    """A row for each study, groups of similar exposures to the right."""

    def __init__(self, columns: Columns, data: Data, cells: Cells) -> None:
        self._columns, self._cells = columns, cells
        self._grouping = grouping.Grouping(columns.event)
        self._kinds = grouping.kinds()
        self._most = 0
        self._blocks = _room(columns) // len(self._kinds)

    def headings(self) -> list[str]:
        """Return those of the study and of as many groups as one has."""
        found = headings(self._columns.study)
        for number in range(1, min(self._most, self._blocks) + 1):
            found += grouping.headings(number)
        return found

    def rows(self, flat: Flat, study: Sequence[Row], events: Sequence[Row]) -> Iterator[Row]:
        """Return one row for each study."""
        left = zip(*flat.event, strict=True)
        groups = [self._grouping.groups(islice(left, count)) for count in flat.counts]
        cells = iter(self._group_cells([one for found in groups for one in found]))
        for row, found in zip(study, groups, strict=True):
            self._most = max(self._most, len(found))
            to_the_right = list(islice(cells, len(found)))[: self._blocks]
            yield row + tuple(cell for group in to_the_right for cell in group)

    def notes(self) -> Iterator[str]:
        """Tell of groups beyond the last column."""
        if self._most > self._blocks:
            yield (
                f"A sheet has no room for more than {self._blocks} groups to the right; all "
                "exposures are in the sheets of the protocols."
            )

    def _group_cells(self, groups: list[list[tuple[Any, ...]]]) -> list[Row]:
        values = zip(*map(self._grouping.values, groups), strict=True)
        columns = map(self._cells.column, self._kinds, values)
        return list(zip(*columns, strict=True))


def _room(columns: Columns) -> int:
    return MOST_COLUMNS - len(columns.study)


ARRANGEMENTS: dict[str, type[Wide] | type[Long] | type[Groups]] = {
    "CT": Wide,
    "DX": Wide,
    "MG": Wide,
    "NM": Long,
    "RF": Groups,
}
