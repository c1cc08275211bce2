"""Pages with one table: a line of headings, one line a scan, totals; for layouts like that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kerma.screens import columns as cols
from kerma.screens.columns import Column
from kerma.screens.dates import date_time
from kerma.screens.draft import Draft, RowDraft
from kerma.screens.key_words import is_one_of, starts_with
from kerma.screens.letters import after, letters_of
from kerma.screens.numbers import style_of
from kerma.screens.page import Line, Page, Word
from kerma.screens.page_order import in_order
from kerma.screens.reading import Scanner, ScreenTable

Named = dict[str, list[Word]]


@dataclass(frozen=True)
class RowPages:
    """What one maker writes where."""

    name: str
    columns: Mapping[str, Sequence[str]]
    """Column -> its headings."""
    needed: frozenset[str]
    """Columns without which a line is no line of headings."""
    units: Mapping[str, str]
    """Column -> unit it must have where the screen prints one."""
    must_have_units: frozenset[str]
    fill: Callable[[RowDraft, Named, Mapping[str, str]], bool]
    """Read one line into a row, given the words and the units of the columns.

    False if it is no line of the table.
    """
    titles: Sequence[str]
    total_dlp: Sequence[str]
    total_places: Sequence[int]
    passed_over: Sequence[str] = ()
    """Beginnings of lines within the table that say nothing about dose that was given."""
    exam: Sequence[str] = ()
    counts_scans: bool = False
    """Whether the numbers of the first column grow from scan to scan."""
    states_phantoms: bool = False
    """Whether every screen of the maker has a column for the phantom."""
    texts: frozenset[str] = field(default=frozenset(("protocol", "acquisition_type")))
    """Columns of words, which may be longer than their heading."""

    def fits(self, page: Page, scanner: Scanner) -> bool:
        """Whether the page has the headings."""
        return any(self.headings(line) for line in page.lines)

    def read(self, pages: Sequence[Page], scanner: Scanner) -> ScreenTable:
        """Return the table of the pages that have the headings."""
        fitting = [place for place, page in enumerate(pages) if self.fits(page, scanner)]
        words = [word for place in fitting for word in self._below(pages[place])]
        draft = Draft(self.name, style_of([pages[place] for place in fitting], words))

        def into(draft: Draft, place: int) -> Draft:
            _PageReader(self, draft, pages[place], place).read()
            return draft

        def alone(place: int) -> Draft:
            return into(Draft(self.name, draft.style), place)

        rows_of = (lambda place: alone(place).rows) if self.counts_scans else None
        order = in_order(draft, pages, fitting, rows_of)
        for place in order:
            into(draft, place)
        for place in sorted(set(fitting) - set(order)):
            draft.identity += alone(place).identity
        return draft.table(order)

    def headings(self, line: Line) -> tuple[Column, ...]:
        """Return the headings, none if the line is not the one with them."""
        found = cols.headings(line.words, self.columns)
        return found if cols.are_complete(found, self.needed) else ()

    def _below(self, page: Page) -> list[Word]:
        words: list[Word] = []
        below = False
        for line in page.lines:
            words += line.words if below else ()
            below = below or bool(self.headings(line))
        return words


class _PageReader:
    """Reads one page into the draft."""

    def __init__(self, layout: RowPages, draft: Draft, page: Page, place: int) -> None:
        self.layout, self.draft, self.page, self.place = layout, draft, page, place
        self.columns: tuple[Column, ...] = ()
        self.unit_line: Line | None = None
        self.in_table = False

    def read(self) -> None:
        for number, line in enumerate(self.page.lines):
            if found := self.layout.headings(line):
                self._heading(found, number)
            elif line is not self.unit_line:
                self._line(line)

    def _heading(self, found: tuple[Column, ...], place: int) -> None:
        below = self.page.lines[place + 1 :]
        with_units = cols.with_units(found, below[0].words) if below else None
        if with_units:
            self.unit_line = below[0]
        self.columns = self._widened(cols.settled(with_units or found, below))
        self.in_table = True
        line = self.page.lines[place]
        units = self._units()
        self.draft.check_units(units, self.layout.units, line, self.place)
        if cols.STRANGE in units:
            self.draft.puzzle("heading", line.words, self.place)
        for name in sorted(self.layout.must_have_units):
            if not units.get(name):
                self.draft.puzzle(f"unit of {name}", line.words, self.place)
        if "phantom_mm" not in units and (self.layout.states_phantoms or self._has_no_room(found)):
            self.draft.puzzle("column of the phantom", line.words, self.place)

    def _has_no_room(self, found: tuple[Column, ...]) -> bool:
        """Whether the headings end so near to the edge that one more may be cut off."""
        widest = max(after.left - one.right for one, after in pairwise(found))
        return self.page.width - found[-1].right < widest

    def _units(self) -> dict[str, str]:
        return {column.name: column.unit for column in self.columns if column.name}

    def _widened(self, columns: tuple[Column, ...]) -> tuple[Column, ...]:
        """Let columns of words reach to the next heading."""
        rest = [*columns[1:], columns[-1]]
        return tuple(
            one._replace(right=max(one.right, after.left - 6))
            if one.name in self.layout.texts and after is not one
            else one
            for one, after in zip(columns, rest, strict=True)
        )

    def _line(self, line: Line) -> None:
        if self._total(line) or self._harmless(line):
            return
        if self.columns and self._row(line):
            return
        if self.in_table:
            self.draft.puzzle("line", line.words, self.place)
        else:
            self._other(line)

    def _row(self, line: Line) -> bool:
        under = cols.in_columns(line.words, self.columns)
        named = {self.columns[place].name: words for place, words in under.items()}
        row = RowDraft(self.place, self.draft.style)
        if not self.layout.fill(row, named, self._units()):
            return False
        self.draft.rows.append(row.row)
        return True

    def _total(self, line: Line) -> bool:
        letters = after(letters_of(line.words), self.layout.total_dlp)
        if letters is None:
            return False
        self.draft.total_dlp(letters, line, self.place, self.layout.total_places)
        self.in_table = False
        return True

    def _harmless(self, line: Line) -> bool:
        """Whether the line is known and names nobody."""
        if self.draft.mark(line, self.place) or is_one_of(line.text, self.layout.titles):
            return True
        if found := date_time(line.text):
            self.draft.date_time = self.draft.date_time or found
            return True
        return self.in_table and starts_with(line.text, self.layout.passed_over)

    def _other(self, line: Line) -> None:
        """Take whatever is not known for something that may name the patient."""
        if starts_with(line.text, self.layout.exam):
            self.draft.exam_description = line.text.partition(":")[2].strip()
            return
        self.draft.person(line, self.place)
