"""The pictures of a table in, its pages in their order out: by page number, else by scans."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from kerma.screens.draft import Draft, page_mark
from kerma.screens.page import Page
from kerma.screens.reading import ScanRow

RowsOf = Callable[[int], Sequence[ScanRow]]


def in_order(
    draft: Draft, pages: Sequence[Page], wanted: Sequence[int], rows_of: RowsOf | None = None
) -> list[int]:
    """Return the pictures in the order of their pages, each page once.

    A picture whose lines are the same as those of an earlier one is the same page again. Pages
    of which nothing tells the order stay as they came, and the draft notes it.

    Parameters
    ----------
    rows_of
        Read the rows of one picture alone; None if the maker does not number scans in their order.
    """
    numbers = {place: page_mark(pages[place], draft.style) for place in _once(pages, wanted)}
    bare = [place for place, number in numbers.items() if not number]
    if len(bare) > 1:
        found = _by_scans({place: rows_of(place) for place in bare}) if rows_of else None
        if found is None:
            draft.riddle("order of the pages", "", bare[0])
        bare = found or bare
    numbered = [place for place, number in numbers.items() if number]
    return bare + sorted(numbered, key=lambda place: numbers[place])


def _once(pages: Sequence[Page], wanted: Sequence[int]) -> list[int]:
    unlike: dict[tuple[str, ...], int] = {}
    for place in wanted:
        unlike.setdefault(tuple(line.text for line in pages[place].lines), place)
    return list(unlike.values())


def _by_scans(rows: dict[int, Sequence[ScanRow]]) -> list[int] | None:
    """Return the pages by the numbers of their scans; None if these leave another order possible.

    Two pages may share a number where one goes on with the scan of the other. Pages without a
    scan come first.
    """
    without = [place for place, some in rows.items() if not some]
    spans = {place: _span(some) for place, some in rows.items() if some}
    if len(spans) < 2:
        return without + list(spans)
    known = sorted((span, place) for place, span in spans.items() if span)
    if len(known) < len(spans):
        return None
    for (before, _), (after, _) in pairwise(known):
        if before[1] > after[0] or before == after:
            return None
    return without + [place for _, place in known]


def _span(rows: Sequence[ScanRow]) -> tuple[int, int] | None:
    """Return the least and the greatest number of a scan; None if a row has none."""
    found = [re.match(r"[0-9]+", row.label) for row in rows]
    numbers = [int(one[0]) for one in found if one]
    return (min(numbers), max(numbers)) if len(numbers) == len(rows) else None
