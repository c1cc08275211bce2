"""What a layout has made out so far: rows, totals, places that name the patient, riddles."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kerma.screens.columns import MGYCM, plain_unit
from kerma.screens.key_words import contains
from kerma.screens.letters import (
    Letters,
    after,
    cell_of,
    leading_number,
    leading_run,
    letters_of,
    spaced,
    text_of,
    union,
)
from kerma.screens.numbers import Style, digits, is_torn, number
from kerma.screens.page import Box, Line, Page, Word
from kerma.screens.reading import Cell, ScanRow, ScreenTable

NOTHING = frozenset(("", "-", "--", "---", "–", "—", "_", "N/A", "n/a"))
"""How screens say that there is no value."""
_PATIENT_ID = (
    "Patient ID", "Pat. ID", "Patienten-ID", "Patienten ID", "ID patient", "ID du patient",
    "ID paciente", "ID del paciente", "ID paziente",
)  # fmt: skip
_PERSONAL = (
    "patient", "paziente", "paciente", "name", "nom", "nombre", "physician", "arzt", "médecin",
    "operator", "birth", "geburt", "naissance", "nacimiento", "nascita", "accession", "address",
    "hospital", "klinik",
)  # fmt: skip
"""Words that stand beside what names somebody."""
_MARGIN = 3
"""Pixels more on each side of what is blanked."""
_OF = r"[:.]?([0-9]{1,2})(?:/|of|von|de|sur|di)([0-9]{1,2})"
_PAGE = r"(?:page|seite|página|pagina|pag\.)"
_MARK = re.compile(rf"{_PAGE}?{_OF}", re.IGNORECASE)
_MARK_WITHIN = re.compile(rf"{_PAGE}{_OF}(?![0-9])", re.IGNORECASE)


@dataclass
class RowDraft:
    """One row while it is read."""

    page: int
    style: Style
    values: dict[str, object] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)

    def number(
        self, name: str, letters: Letters, places: Sequence[int] = (0,), *, signed: bool = False
    ) -> None:
        """Read a number; what is none leaves a cell without a value, which is a doubt."""
        if text_of(letters) in NOTHING:
            return
        if len(leading_run(letters)) < len(letters) or is_torn(letters, self.style):
            self.cells.append(cell_of(name, letters, self.page, spaced(letters)))
            return
        self.cells.append(cell_of(name, letters, self.page))
        value = number(text_of(letters), self.style, places, signed=signed)
        if value is not None:
            self.values[name] = value

    def whole(self, name: str, letters: Letters) -> None:
        """Read a whole number."""
        self.number(name, letters)
        if name in self.values:
            self.values[name] = int(str(digits(text_of(letters), self.style)))

    def words(self, name: str, words: Sequence[Word]) -> None:
        """Keep words as they are."""
        text = " ".join(word.text for word in words)
        if text in NOTHING:
            return
        self.cells.append(cell_of(name, letters_of(words), self.page, text))
        self.values[name] = text

    def take(self, name: str, letters: Letters, value: object) -> None:
        """Keep a value that the layout has read; None for one it could not read."""
        self.cells.append(cell_of(name, letters, self.page))
        if value is not None:
            self.values[name] = value

    @property
    def row(self) -> ScanRow:
        """The row."""
        return ScanRow(**self.values, cells=tuple(self.cells))  # type: ignore[arg-type]


@dataclass
class Draft:
    """A table while it is read."""

    layout: str
    style: Style = field(default_factory=Style)
    rows: list[ScanRow] = field(default_factory=list)
    totals: dict[str, float] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    strange: list[Cell] = field(default_factory=list)
    identity: list[tuple[int, Box]] = field(default_factory=list)
    patient_ids: list[str] = field(default_factory=list)
    """As on each page; if they differ, the pages are of several patients."""
    date_time: str = ""
    exam_description: str = ""
    marks: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Picture -> (page, number of pages) as they are printed."""

    def total(self, name: str, letters: Letters, page: int, places: Sequence[int]) -> None:
        """Read a total; a second one that differs is found by the checks, in the cells."""
        if is_torn(letters, self.style):
            self.cells.append(cell_of(name, letters, page, " ".join(text_of(letters))))
            return
        self.cells.append(cell_of(name, letters, page))
        value = number(text_of(letters), self.style, places)
        if value is not None:
            self.totals[name] = value

    def total_dlp(self, letters: Letters, line: Line, page: int, places: Sequence[int]) -> None:
        """Read the total DLP and its unit from what stands behind its words; blank the rest."""
        value = leading_number(letters)
        self.total("total_dlp_mgycm", value, page, places)
        rest = letters[len(value) :]
        near = text_of(leading_run(rest))
        if "gy" in near.casefold() or any(letter.isdigit() for letter in near):
            if plain_unit(near) != MGYCM:
                cell = cell_of("unit of total_dlp_mgycm", leading_run(rest), page)
                self.strange.append(cell)
            rest = rest[len(leading_run(rest)) :]
        others = {letter.word for letter in rest}
        self.blank([word for place, word in enumerate(line.words) if place in others], page)

    def puzzle(self, name: str, words: Iterable[Word], page: int) -> None:
        """Note what was not understood; of what names somebody, only that it is there."""
        words = tuple(words)
        text = " ".join(word.text for word in words)
        if contains(text, _PERSONAL):
            self.blank(words, page)
            text = ""
        self.strange.append(cell_of(name, letters_of(words), page, text))

    def riddle(self, name: str, text: str, page: int) -> None:
        """Note what is strange about a whole page."""
        self.strange.append(Cell(name=name, text=text, page=page, box=Box(0, 0, 1, 1)))

    def person(self, line: Line, page: int) -> None:
        """Take a line for something that may name the patient: whatever is not known does."""
        self.blank(line.words, page)
        patient = _patient_id(line)
        if patient:
            self.patient_ids.append(spaced(leading_run(patient)))

    def blank(self, words: Iterable[Word], page: int) -> None:
        """Note what may name the patient."""
        boxes = [word.box for word in words]
        if boxes:
            self.identity.append((page, union(boxes, _MARGIN)))

    def check_units(
        self, units: Mapping[str, str], wanted: Mapping[str, str], line: Line, page: int
    ) -> None:
        """Note a column whose unit is not the one that is read.

        Parameters
        ----------
        units
            Column -> unit of its heading, "" for none.
        wanted
            Column -> unit it must have if the screen prints one.
        """
        for name, unit in units.items():
            if unit and name in wanted and unit != wanted[name]:
                self.puzzle(f"unit of {name}", line.words, page)

    def mark(self, line: Line, page: int) -> bool:
        """Note the page number; whether the line is nothing else."""
        found = _mark(line, self.style)
        if found:
            self.marks[page] = found
        return found is not None and _MARK.fullmatch(_text(line, self.style)) is not None

    def table(self, pages: Sequence[int]) -> ScreenTable:
        """Return the table.

        Parameters
        ----------
        pages
            Which pictures belong to it; without printed numbers they count as they come.
        """
        numbers = [self.marks.get(page, (place, 0))[0] for place, page in enumerate(pages, 1)]
        said = max([count for _, count in self.marks.values()], default=0)
        for page, mark in self.marks.items():
            if mark[1] != said or mark[0] > said or numbers.count(mark[0]) > 1:
                self.riddle("page number", f"{mark[0]}/{mark[1]}", page)
        return ScreenTable(
            layout=self.layout,
            rows=tuple(self.rows),
            pages=said or len(pages),
            pages_seen=tuple(sorted(set(numbers))),
            date_time=self.date_time,
            exam_description=self.exam_description,
            cells=tuple(self.cells),
            strange=tuple(self.strange),
            identity=tuple(self.identity),
            patient_id="\n".join(dict.fromkeys(self.patient_ids)),
            **self.totals,  # type: ignore[arg-type]
        )


def page_mark(page: Page, style: Style) -> int:
    """Return the printed page number, 0 if there is none."""
    return next((found[0] for line in page.lines if (found := _mark(line, style))), 0)


def _mark(line: Line, style: Style) -> tuple[int, int] | None:
    """Return page and number of pages if the line says them, alone or with the word for page."""
    text = _text(line, style)
    match = _MARK.fullmatch(text) or _MARK_WITHIN.search(text)
    return (int(match[1]), int(match[2])) if match else None


def _text(line: Line, style: Style) -> str:
    return digits("".join(word.text for word in line.words), style)


def _patient_id(line: Line) -> Letters | None:
    """Return what stands behind "Patient ID" or "ID:", and whatever follows."""
    found = after(letters_of(line.words), _PATIENT_ID)
    if found:
        return found
    for place in range(len(line.words)):
        letters = letters_of(line.words[place:])
        if re.match(r"I[Dd][:.]", text_of(letters)):
            return letters[3:]
    return None
