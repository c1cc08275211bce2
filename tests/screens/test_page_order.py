"""The order of pages that arrive mixed, and that no order is made up."""

import itertools

import pytest

from kerma.screens.draft import Draft
from kerma.screens.numbers import Style
from kerma.screens.page_order import in_order
from kerma.screens.reading import ScanRow
from tests.screens.written import page


def ordered(
    scans: list[list[str]], marks: list[str] | None = None, *, are_counted: bool = True
) -> list[int] | None:
    """Return the order of pages with these scans and printed page numbers; None for a doubt."""
    texts = [f"Page {mark}" if mark else "" for mark in marks or [""] * len(scans)]
    pages = [page(f"picture {number}\n{text}\n") for number, text in enumerate(texts)]

    def rows_of(place: int) -> list[ScanRow]:
        return [ScanRow(label=label) for label in scans[place]]

    draft = Draft("siemens", Style())
    found = in_order(draft, pages, range(len(pages)), rows_of if are_counted else None)
    assert sorted(found) == list(range(len(pages)))
    return None if draft.strange else found


@pytest.mark.parametrize("arrived", list(itertools.permutations(range(3))))
def test_pages_without_numbers_come_by_the_numbers_of_their_scans(arrived):
    scans = [["1", "2", "4"], ["5", "7-12", "8A"], ["9", "10", "11"]]

    found = ordered([scans[place] for place in arrived])

    assert found is not None
    assert [arrived[place] for place in found] == [0, 1, 2]


@pytest.mark.parametrize("arrived", list(itertools.permutations(range(2))))
def test_a_scan_may_go_on_with_the_next_page(arrived):
    scans = [["1", "4A"], ["4B", "5"]]

    found = ordered([scans[place] for place in arrived])

    assert found is not None
    assert [arrived[place] for place in found] == [0, 1]


@pytest.mark.parametrize(
    "scans",
    [
        [["1", "2", "5"], ["3", "4"]],
        [["1", "2"], ["1", "2", "3"]],
        [["1", "1"], ["1", "1"]],
        [["1", "2"], ["3", "?"]],
        [["1", "2"], ["", "3"]],
    ],
    ids=["overlap", "counted anew", "one number", "unread", "without"],
)
def test_scans_that_leave_another_order_possible_are_a_doubt(scans):
    assert ordered(scans) is None
    assert ordered(scans[::-1]) is None


def test_a_page_of_totals_needs_no_number():
    assert ordered([["3"], [], ["1", "2"]]) == [1, 2, 0]
    assert ordered([["Topogram"], []]) == [1, 0]


def test_printed_page_numbers_win_over_those_of_scans():
    assert ordered([["1"], ["2"]], ["2/2", "1/2"]) == [1, 0]
    assert ordered([["1"], ["1"]], ["2/2", "1/2"]) == [1, 0]


def test_where_the_maker_does_not_count_scans_only_page_numbers_tell_the_order():
    assert ordered([["1"], ["2"]], are_counted=False) is None
    assert ordered([["1"], ["2"]], ["2/2", "1/2"], are_counted=False) == [1, 0]
    assert ordered([["1"]], are_counted=False) == [0]
