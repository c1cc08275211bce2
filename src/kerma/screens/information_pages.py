"""Toshiba's and Canon's pages: <<Dose Information>> with totals, <<Detail Information>> with scans.

A scan takes one line of values for each line of headings above it. Words, order and variants of
the headings: the patterns of PixelMed's doseocr.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from kerma.screens import columns as cols
from kerma.screens.columns import Column
from kerma.screens.dates import date_time
from kerma.screens.draft import NOTHING, Draft, RowDraft
from kerma.screens.key_words import contains, fold, is_one_of, starts_with
from kerma.screens.letters import Letters, letters_of, text_of
from kerma.screens.numbers import digits, style_of
from kerma.screens.page import Line, Page, Word
from kerma.screens.page_order import in_order
from kerma.screens.reading import Scanner, ScreenTable

_DOSE, _DETAIL = ("Dose Information",), ("Detail Information",)
_CONTRAST = ("Contrast/Enhance Information", "Contrast Enhance Information")
_COLUMNS = {
    "kvp": ("kV", "kVp"),
    "exposure_mas": ("Total mAs",),
    "exposure_time_s": ("Exposure Time",),
    "ctdivol_mgy": ("CTDIvol", "CTDIvol.e", "CTDIvol.e Mean", "CTDIvol Mean"),
    "dlp_mgycm": ("DLP", "DLP.e"),
    "start_mm": ("Start Pos.",),
    "end_mm": ("End Pos.",),
    "": (
        "Scan Mode", "Mode", "SD", "Eff. DLP", "Eff. CTDIvol", "Eff. CTDIvol Mean", "CTDIair",
        "DLPair", "Modulation", "Boost", "QDS", "Dose Red. Mode", "Tot. Dose Red.",
        "Total Dose Red.", "Total Image Number",
    ),
}  # fmt: skip
_UNITS = {
    "kvp": "kv",
    "exposure_mas": "mas",
    "exposure_time_s": "s",
    "ctdivol_mgy": cols.MGY,
    "dlp_mgycm": cols.MGYCM,
    "start_mm": "mm",
    "end_mm": "mm",
}
_PLACES = {
    "kvp": (0,),
    "exposure_mas": (0, 1, 2),
    "exposure_time_s": (1, 2, 3),
    "start_mm": (0, 1, 2),
    "end_mm": (0, 1, 2),
}
_DOSE_PLACES = (1, 2)
_POSITIONS = ("start_mm", "end_mm")
"""Printed with their sign, so that a lost one shows."""
_TYPES = {
    "scano": "Constant Angle Acquisition",
    "scanoscope": "Constant Angle Acquisition",
    "scanogram": "Constant Angle Acquisition",
    "heiicai": "Spiral Acquisition",
    "heiicai+": "Spiral Acquisition",
    "ss": "Sequenced Acquisition",
    "sv": "Sequenced Acquisition",
    "voiume": "Sequenced Acquisition",
    "dynamic": "Stationary Acquisition",
    "surestart": "Stationary Acquisition",
    "reaiprep": "Stationary Acquisition",
}
"""Mode as `fold` returns it -> meaning of CID 10013. S&S, S&V: scan and scan, scan and view."""
_PROTOCOL = re.compile(r"([0-9]{1,2}|[0-9] [0-9])\s?\.\s*(\D.*)")
_VALUE = re.compile(r"(.*?)(?:\((Head|Body)\))?", re.IGNORECASE)
_TOTAL = re.compile(r"(.*)\(Head\)[:.]*(.*?)\(Body\)[:.]*(.*)", re.IGNORECASE)
_PHANTOMS = {"head": 160, "body": 320}
_BOTH = (("total_dlp_head_mgycm", 2), ("total_dlp_body_mgycm", 3))


def fits(page: Page) -> bool:
    """Whether the page has one of the titles in <<brackets>>."""
    return any(_title(line) for line in page.lines)


def read(name: str, pages: Sequence[Page], scanner: Scanner) -> ScreenTable:
    """Return the table of the pages that fit; `name` is of the layout."""
    fitting = [place for place, page in enumerate(pages) if fits(page)]
    words = [word for place in fitting for word in _words(pages[place])]
    draft = Draft(name, style_of([pages[place] for place in fitting], words))

    def alone(place: int) -> Draft:
        return _read([place], pages, Draft(name, draft.style))

    order = in_order(draft, pages, fitting, lambda place: alone(place).rows)
    _read(order, pages, draft)
    for place in sorted(set(fitting) - set(order)):
        draft.identity += alone(place).identity
    return _one_total(draft, order)


def _read(order: Sequence[int], pages: Sequence[Page], draft: Draft) -> Draft:
    """Read the pages into the draft, which is returned."""
    state = _State(draft)
    for place in order:
        state.page(pages[place], place)
    state.finish()
    return draft


def _words(page: Page) -> list[Word]:
    """Return the words below the first title, where dates and versions are no more."""
    words: list[Word] = []
    below = False
    for line in page.lines:
        words += line.words if below else ()
        below = below or bool(_title(line))
    return words


def _one_total(draft: Draft, order: Sequence[int]) -> ScreenTable:
    """Give the total of one phantom as the total; those of two phantoms are added by nobody."""
    found = [draft.totals[name] for name, _ in _BOTH if name in draft.totals]
    if len(found) == 1:
        draft.totals["total_dlp_mgycm"] = found[0]
    return draft.table(order)


def _title(line: Line) -> str:
    """Return which part of the report begins here."""
    if "<" not in line.text and "«" not in line.text:
        return ""
    for name, phrases in (("dose", _DOSE), ("detail", _DETAIL), ("contrast", _CONTRAST)):
        if starts_with(line.text, phrases):
            return name
    return ""


@dataclass
class _State:
    """Where in the report the reader is; a part may go on with the next page."""

    draft: Draft
    part: str = "header"
    place: int = 0
    protocol: tuple[str, str, tuple[Word, ...]] = ("", "", ())
    headings: list[tuple[Column, ...]] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    """Lines of values of the scan that is read."""
    collecting: bool = False
    """Whether the last line was one of headings."""
    waiting: list[str] = field(default_factory=list)
    """Totals whose value is on the next line."""

    def page(self, page: Page, place: int) -> None:
        self.finish()
        self.place = place
        self.part = "header"
        for line in page.lines:
            self._line(line)

    def _line(self, line: Line) -> None:
        if title := _title(line):
            self.finish()
            self.part, self.headings = title, []
        elif self.draft.mark(line, self.place):
            return
        elif self.part == "dose":
            self._dose_line(line)
        elif self.part == "detail":
            self._detail_line(line)
        else:
            self._other(line)

    def _other(self, line: Line) -> None:
        """Take whatever is not known for something that may name the patient."""
        if found := date_time(line.text):
            self.draft.date_time = self.draft.date_time or found
            return
        self.draft.person(line, self.place)

    def _dose_line(self, line: Line) -> None:
        letters = letters_of(line.words)
        match = _TOTAL.fullmatch(text_of(letters))
        if self.waiting and match is None:
            self._late_totals(line)
        elif match and contains(match[1], ("DLP",)):
            self._totals(letters, match, line)
        elif not (match or starts_with(line.text, ("CTDI", "Eff. DLP", "Eff. CTDI"))):
            self.draft.puzzle("line", line.words, self.place)

    def _totals(self, letters: Letters, match: re.Match[str], line: Line) -> None:
        """Read "Total DLP(mGy.cm): (Head): - (Body): 1302.1"; values may be on the next line."""
        unit = re.search(r"\(([^()]*)\)", match[1])
        if unit is None or cols.plain_unit(unit[1]) != cols.MGYCM:
            self.draft.puzzle("unit of total_dlp_mgycm", line.words, self.place)
        if contains(match[1], ("Eff",)):
            return
        for name, group in _BOTH:
            value = letters[match.start(group) : match.end(group)]
            if not value:
                self.waiting.append(name)
            elif text_of(value) not in NOTHING:
                self.draft.total(name, value, self.place, _DOSE_PLACES)

    def _late_totals(self, line: Line) -> None:
        waiting, self.waiting = self.waiting, []
        if len(waiting) != len(line.words):
            self.draft.puzzle("line", line.words, self.place)
            return
        for name, word in zip(waiting, line.words, strict=True):
            if word.text not in NOTHING:
                self.draft.total(name, letters_of([word]), self.place, _DOSE_PLACES)

    def _detail_line(self, line: Line) -> None:
        text = digits(line.text, self.draft.style)
        if match := _PROTOCOL.fullmatch(text):
            self.finish()
            self.protocol = (match[1].replace(" ", ""), match[2].strip(), line.words)
            self.collecting = False
        elif found := _headings(line):
            self._heading(found, line)
        elif self.collecting and (units := cols.with_units(self.headings[-1], line.words)):
            self.headings[-1] = units
            self._check_units(units, line)
        elif self.headings:
            self._values(line)
        else:
            self.draft.puzzle("line", line.words, self.place)

    def _heading(self, found: tuple[Column, ...], line: Line) -> None:
        if not self.collecting:
            self.finish()
            self.headings = []
        if any(column.name == cols.STRANGE for column in found):
            self.draft.puzzle("heading", line.words, self.place)
        self.headings.append(found)
        self.collecting = True
        self._check_units(found, line)

    def _check_units(self, columns: tuple[Column, ...], line: Line) -> None:
        units = {column.name: column.unit for column in columns if column.name}
        self.draft.check_units(units, _UNITS, line, self.place)

    def _values(self, line: Line) -> None:
        """Take a line of values: with a mode it begins a scan, else it goes on with one."""
        self.collecting = False
        if _mode(line):
            self.finish()
            self.lines = [line]
        elif self.lines and len(self.lines) < len(self.headings):
            self.lines.append(line)
        else:
            self.draft.puzzle("line", line.words, self.place)

    def finish(self) -> None:
        """Make a row of the lines of values; each line belongs to one line of headings."""
        if not self.lines:
            return
        row = RowDraft(self.place, self.draft.style)
        label, protocol, words = self.protocol
        if label:
            row.take("label", letters_of(words[:1]), label)
            row.cells[-1:] = [] if not words else row.cells[-1:]
            row.values["protocol"] = protocol
        mode = _mode(self.lines[0])
        kind = fold(" ".join(word.text for word in mode))
        if kind in _TYPES:
            row.values["acquisition_type"] = _TYPES[kind]
        self.lines[0] = _without(self.lines[0], len(mode))
        for columns, line in zip(self.headings, self.lines, strict=False):
            self._fill(row, columns, line)
        if len(self.lines) < len(self.headings) and self._is_wanted(len(self.lines)):
            self.draft.puzzle("line", self.lines[-1].words or words, self.place)
        _length(row)
        self.lines = []
        self.draft.rows.append(row.row)

    def _is_wanted(self, first: int) -> bool:
        return any(one.name for columns in self.headings[first:] for one in columns)

    def _fill(self, row: RowDraft, columns: tuple[Column, ...], line: Line) -> None:
        for place, words in cols.in_columns(line.words, columns).items():
            name, letters = columns[place].name, letters_of(words)
            if name in ("ctdivol_mgy", "dlp_mgycm"):
                _dose(row, name, letters)
            elif name not in ("", cols.STRANGE):
                row.number(name, letters, _PLACES[name], signed=name in _POSITIONS)


def _headings(line: Line) -> tuple[Column, ...]:
    """Return the headings if the line has nothing else, and some that are known."""
    if any(re.search(r"[0-9]", word.text) for word in line.words):
        return ()
    found = cols.headings(line.words, _COLUMNS)
    known = sum(column.name != cols.STRANGE for column in found)
    return found if 2 * known >= len(found) else ()


def _mode(line: Line) -> tuple[Word, ...]:
    """Return the words with which the line begins, up to its first value."""
    for place, word in enumerate(line.words):
        if re.match(r"[+-]?[0-9]", word.text) or word.text in NOTHING:
            return line.words[:place]
    return line.words if not is_one_of(line.text, ("OFF", "ON")) else ()


def _without(line: Line, count: int) -> Line:
    return Line(words=line.words[count:], box=line.box)


def _dose(row: RowDraft, name: str, letters: Letters) -> None:
    """Read "17.90(Body)"; both doses of a row must be for the same phantom."""
    match = _VALUE.fullmatch(text_of(letters))
    if match is None or match[1] in NOTHING:
        return
    row.number(name, letters[: match.end(1)], _DOSE_PLACES)
    if match[2]:
        place = letters[match.start(2) : match.end(2)]
        phantom = _PHANTOMS[match[2].casefold()]
        other = row.values.pop("phantom_mm", phantom)
        row.take("phantom_mm", place, phantom if other == phantom else None)


def _length(row: RowDraft) -> None:
    start, end = row.values.get("start_mm"), row.values.get("end_mm")
    if isinstance(start, float) and isinstance(end, float):
        row.values["scanning_length_mm"] = round(abs(end - start), 3)
