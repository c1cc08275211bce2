"""Siemens: the "Patient Protocol", a line a scan under Scan, KV, mAs / ref., CTDIvol, DLP, TI, cSL.

Words, order of columns, notations of the phantom and of reference mAs: the patterns of PixelMed's
doseocr, which were tested on screens of hospitals.
"""

import re
from collections.abc import Sequence

from kerma.screens import columns as cols
from kerma.screens.columns import Column
from kerma.screens.dates import date_time
from kerma.screens.draft import Draft, RowDraft
from kerma.screens.key_words import contains, fold, is_one_of, starts_with
from kerma.screens.layout import Layout, layouts
from kerma.screens.letters import (
    UNKNOWN,
    Letters,
    after,
    leading_number,
    leading_run,
    letters_of,
    text_of,
)
from kerma.screens.numbers import Style, digits, style_of
from kerma.screens.page import Line, Page, Word
from kerma.screens.page_order import in_order
from kerma.screens.reading import Scanner, ScreenTable

_COLUMNS = {
    "label": ("Scan",),
    "kvp": ("kV", "kVp"),
    "mas": ("mAs / ref.", "mAs/ref", "mAs", "eff. mAs", "mAs / Ref", "mAs / réf."),
    "ctdivol_mgy": ("CTDIvol", "CTDI vol"),
    "dlp_mgycm": ("DLP", "PDL"),
    "rotation_time_s": ("TI",),
    "collimation_mm": ("cSL",),
}
_UNITS = {
    "ctdivol_mgy": cols.MGY,
    "dlp_mgycm": cols.MGYCM,
    "rotation_time_s": "s",
    "collimation_mm": "mm",
    "mas": "mas",
    "kvp": "kv",
}
_NEEDED = frozenset(("label", "kvp", "ctdivol_mgy", "dlp_mgycm", "rotation_time_s"))
_TITLES = (
    "Patient Protocol", "Patientenprotokoll", "Patienten-Protokoll", "Protocole patient",
    "Protocolo del paciente", "Protocolo de paciente", "Protocollo paziente",
)  # fmt: skip
_POSITION = (
    "Patient Position", "Patientenlage", "Patientenposition", "Lagerung", "Position patient",
    "Position du patient", "Posición del paciente", "Posición paciente", "Posizione paziente",
    "Posizione del paziente",
)  # fmt: skip
_TOTAL_DLP = ("Total DLP", "DLP total", "Gesamt DLP", "DLP gesamt", "PDL total", "DLP totale")
_TOTAL_MAS = (
    "Total mAs", "mAs total", "Gesamt mAs", "mAs gesamt", "mAs totale", "mAs totales", "mAs totali",
)  # fmt: skip
_MEDIUM = (
    "Medium", "Iodine", "Volume", "Flow", "Ratio", "Kontrastmittel", "Jod", "Volumen", "Fluss",
    "Produit", "Iode", "Débit", "Medio", "Yodo", "Flujo", "Mezzo", "Iodio", "Flusso",
)  # fmt: skip
_TOPOGRAM = ("Topogram", "Topogramm", "Topograma", "Topogramma", "Topogramme")
_AFTER = ("Comment", "Kommentar", "Commentaire", "Comentario", "Commento")
_NOTE = re.compile(r"([LSab])\)?[-–=:.]*(16|32)cm", re.IGNORECASE)
_NOTE_REST = ("", "phantomtype", "phantom", "phantomtyp", "ctdivoi", "phantomgroesse")
_LABEL = re.compile(r"[0-9]{1,3}[A-Z]?(?:-[0-9]{1,3}[A-Z]?)?")
_LIES = re.compile(r"[A-Z]{1,2}-?[A-Z]{1,3}")
_LIES_LAST = re.compile(rf"[^0-9{UNKNOWN}]*(?<![A-Z-])[A-Z]{{1,2}}-[A-Z]{{1,3}}")
_KV = re.compile(r"(Sn)?([0-9]{2,3})(Sn)?")
_MAS = re.compile(r"([0-9]+)(mA)?(?:/([0-9]+))?")
_DOSE = re.compile(r"(.*?[0-9])\*?(?:\(?([LSab])\)?)?\*?")


def _fits(page: Page, scanner: Scanner) -> bool:
    return any(_columns(line) for line in page.lines)


def _read(pages: Sequence[Page], scanner: Scanner) -> ScreenTable:
    fitting = [place for place, page in enumerate(pages) if _fits(page, scanner)]
    words = [word for place in fitting for word in _table_words(pages[place])]
    style = style_of([pages[place] for place in fitting], words)
    draft = Draft("siemens", style)
    notes = _notes(pages, fitting, style)

    def into(draft: Draft, place: int) -> Draft:
        _PageReader(draft, pages[place], place, notes).read()
        return draft

    order = in_order(draft, pages, fitting, lambda place: into(Draft("siemens", style), place).rows)
    for place in order:
        into(draft, place)
    for place in sorted(set(fitting) - {page for page, _ in draft.identity}):
        for line in _unlike(pages[place]):
            draft.blank(line.words, place)
    if "total_dlp_mgycm" not in draft.totals:
        _without_total(draft, pages, order)
    elif _may_go_on(pages[order[-1]]):
        draft.puzzle("end of the table", pages[order[-1]].lines[-1].words, order[-1])
    return draft.table(order)


def _without_total(draft: Draft, pages: Sequence[Page], order: Sequence[int]) -> None:
    """Doubt a table whose end is not to be seen, or whose total may be what cannot be read.

    Old software prints no total DLP: nothing but a line below the last scan shows then that
    none is missing, and nothing but page numbers that no page is.
    """
    lines = [(place, line) for place in order for line in pages[place].lines]
    for place, line in lines:
        if _may_be_total(line.text):
            draft.puzzle("line", line.words, place)
    if not any(is_one_of(line.text, _TITLES) for _, line in lines):
        draft.puzzle("top of the table", lines[0][1].words, lines[0][0])
    last = pages[order[-1]].lines[-1]
    if starts_with(last.text, _POSITION) or _is_position(last) or cols.is_scan(last):
        draft.puzzle("end of the table", last.words, order[-1])
    if len(order) > 1 and not draft.marks:
        draft.riddle("number of pages", "", order[-1])


def _may_go_on(page: Page) -> bool:
    """Whether the page ends with a scan and has no room below for one more, which was cut off.

    Its DLP may be so small that the total, which stands above, does not miss it.
    """
    *_, before, last = [None, *page.lines]
    if before is None or last is None or not cols.is_scan(last):
        return False
    return page.height - last.box.y - last.box.height < last.box.y - before.box.y


def _may_be_total(text: str) -> bool:
    """Whether a line that cannot be read may hold a number: mostly unknown, or with a digit."""
    letters = text.replace(" ", "")
    unknown = letters.count(UNKNOWN)
    return bool(unknown) and (2 * unknown >= len(letters) or any(map(str.isdigit, letters)))


def _unlike(page: Page) -> list[Line]:
    """Return the lines of a page that was seen twice: whatever stands above the table."""
    lines = []
    for line in page.lines:
        if _columns(line):
            break
        lines.append(line)
    return lines


def _columns(line: Line) -> tuple[Column, ...]:
    """Return the headings if the line has them."""
    found = cols.headings(line.words, _COLUMNS)
    names = [column.name for column in found]
    unlike = len({name for name in names if name}) == len([name for name in names if name])
    return found if set(names) >= _NEEDED and unlike else ()


def _table_words(page: Page) -> list[Word]:
    """Return the words below the headings."""
    words: list[Word] = []
    below = False
    for line in page.lines:
        if below:
            words += line.words
        below = below or bool(_columns(line))
    return words


def _notes(pages: Sequence[Page], places: Sequence[int], style: Style) -> dict[str, int]:
    """Return what the letters behind CTDIvol mean in mm, as the foot notes say."""
    found: dict[str, set[int]] = {}
    for place in places:
        for line in pages[place].lines:
            for letter, size in _note(line, style):
                found.setdefault(letter, set()).add(size)
    return {letter: sizes.pop() for letter, sizes in found.items() if len(sizes) == 1}


def _note(line: Line, style: Style) -> list[tuple[str, int]]:
    """Return letters and diameters in mm if the line is a foot note and nothing else."""
    text = digits("".join(word.text for word in line.words), style)
    if fold(_NOTE.sub("", text)) not in _NOTE_REST:
        return []
    return [(match[1].upper(), 10 * int(match[2])) for match in _NOTE.finditer(text)]


class _PageReader:
    """Reads one page into the draft."""

    def __init__(self, draft: Draft, page: Page, place: int, notes: dict[str, int]) -> None:
        self.draft, self.page, self.place, self.notes = draft, page, place, notes
        self.columns: tuple[Column, ...] = ()
        self.area = "header"
        self.unit_line: Line | None = None

    def read(self) -> None:
        for number, line in enumerate(self.page.lines):
            if found := _columns(line):
                self._heading(found, number)
            else:
                self._line(line)

    def _heading(self, found: tuple[Column, ...], place: int) -> None:
        below = self.page.lines[place + 1 :]
        with_units = cols.with_units(found, below[0].words) if below else None
        if with_units:
            self.unit_line = below[0]
        self.columns = cols.settled(with_units or found, below)
        self.area = "table"
        units = {column.name: column.unit for column in self.columns if column.name}
        self.draft.check_units(units, _UNITS, self.page.lines[place], self.place)
        if cols.STRANGE in units:
            self.draft.puzzle("heading", self.page.lines[place].words, self.place)

    def _line(self, line: Line) -> None:
        if line is self.unit_line:
            return
        if self._totals(line) or self._harmless(line):
            return
        if self._is_medium(line):
            self.area = "medium"
        elif self.area in ("table", "after") and self._row(line):
            return
        elif starts_with(line.text, _AFTER) and self.area != "header":
            self.area = "after"
            self.draft.blank(line.words, self.place)
        elif self.area == "table":
            self.draft.puzzle("line", line.words, self.place)
        elif self.area != "medium":
            self.draft.person(line, self.place)

    def _harmless(self, line: Line) -> bool:
        """Whether the line is known and names nobody."""
        if is_one_of(line.text, _TITLES) or self.draft.mark(line, self.place):
            return True
        if found := date_time(line.text):
            self.draft.date_time = self.draft.date_time or found
            return True
        if _note(line, self.draft.style):
            self.area = "after" if self.area != "header" else self.area
            return True
        is_known = _is_known_position(line)
        if self.area == "header" or not (is_known or _is_position(line)):
            return is_known
        self.area = "table"
        if not is_known:
            self.draft.blank(line.words, self.place)
        return True

    def _is_medium(self, line: Line) -> bool:
        known = sum(is_one_of(word.text, _MEDIUM) for word in line.words)
        return self.area != "header" and known >= 2

    def _totals(self, line: Line) -> bool:
        """Read total mAs and total DLP; what else stands in the line may name the patient."""
        letters = letters_of(line.words)
        dlp, mas = after(letters, _TOTAL_DLP), after(letters, _TOTAL_MAS)
        if dlp is None and mas is None:
            return False
        if contains(line.text, _TITLES):
            return False
        if mas is not None:
            self.draft.total("total_mas", leading_number(mas), self.place, (0,))
        if dlp is not None:
            self.draft.total_dlp(dlp, line, self.place, (0, 1, 2))
        phrases = (*_TOTAL_DLP, *_TOTAL_MAS)
        for place in range(len(line.words)):
            if starts_with(" ".join(word.text for word in line.words[place:]), phrases):
                self.draft.blank(line.words[:place], self.place)
                break
        return True

    def _row(self, line: Line) -> bool:
        """Read one scan; whether the line is one."""
        scan = next(column for column in self.columns if column.name == "label")
        left = Column("protocol", 0, max(scan.left - line.box.height, 1))
        under = cols.in_columns(line.words, (left, *self.columns))
        named = {(left, *self.columns)[place].name: words for place, words in under.items()}
        letters = letters_of(named.get("label", ()))
        label = digits(text_of(letters), self.draft.style)
        if not _LABEL.fullmatch(label) or len(leading_run(letters)) < len(letters):
            return False
        if not {"kvp", "rotation_time_s"} & set(named):
            return False
        row = RowDraft(self.place, self.draft.style)
        row.words("protocol", named.get("protocol", ()))
        row.take("label", letters, label)
        self._fill(row, {name: letters_of(words) for name, words in named.items()})
        self.draft.rows.append(row.row)
        return True

    def _fill(self, row: RowDraft, cells: dict[str, Letters]) -> None:
        if found := cells.get("kvp"):
            match = _KV.fullmatch(digits(text_of(found), self.draft.style))
            row.take("kvp", found, float(match[2]) if match else None)
        if found := cells.get("mas"):
            self._exposure(row, found)
        protocol = str(row.values.get("protocol", ""))
        if starts_with(protocol, _TOPOGRAM) or "tube_current_ma" in row.values:
            row.values["acquisition_type"] = "Constant Angle Acquisition"
        if found := cells.get("ctdivol_mgy"):
            self._dose(row, found)
        for name, places in (
            ("dlp_mgycm", (0, 1, 2)),
            ("rotation_time_s", (1, 2)),
            ("collimation_mm", (1, 2)),
        ):
            if found := cells.get(name):
                row.number(_time(row) if name == "rotation_time_s" else name, found, places)

    def _exposure(self, row: RowDraft, letters: Letters) -> None:
        """Read "110", "110 / 120" (reference mAs) or "35 mA" (localizers)."""
        match = _MAS.fullmatch(digits(text_of(letters), self.draft.style))
        if match is None or (match[2] and match[3]):
            row.take("exposure_mas", letters, None)
            return
        name = "tube_current_ma" if match[2] else "exposure_mas"
        row.number(name, letters[: match.end(1)])
        if match[3]:
            row.number("reference_mas", letters[match.start(3) :])

    def _dose(self, row: RowDraft, letters: Letters) -> None:
        """Read CTDIvol and the letter of its phantom, which counts only with its foot note."""
        match = _DOSE.fullmatch(text_of(letters))
        if match is None:
            row.number("ctdivol_mgy", letters, (2,))
            return
        row.number("ctdivol_mgy", letters[: match.end(1)], (2,))
        if match[2]:
            place = letters[match.start(2) : match.end(2)]
            row.take("phantom_mm", place, self.notes.get(match[2].upper()))


def _is_known_position(line: Line) -> bool:
    """Whether a line says how the patient lies, in a known language."""
    said = after(letters_of(line.words), _POSITION)
    return bool(said and _LIES.fullmatch(text_of(said)))


def _is_position(line: Line) -> bool:
    """Whether a line says how the patient lies, in any language.

    It ends with a code such as "H-SP" and has no digit, as every scan has.
    """
    return bool(_LIES_LAST.fullmatch(line.text))


def _time(row: RowDraft) -> str:
    """Return what TI is: of a rotation, or of the whole localizer, which has none."""
    return "exposure_time_s" if row.values.get("acquisition_type") else "rotation_time_s"


layouts.add(Layout("siemens", _fits, _read))
