"""Cells in, an Office Open XML workbook (ISO/IEC 29500) out, written row by row to many sheets.

Texts are inline strings, so no cell is ever a formula or a link, whatever an object says.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from html import escape
from itertools import count
from pathlib import Path
from typing import BinaryIO

from kerma.exports.cells import Cell, Cells, heading_cell
from kerma.exports.dates import Formats
from kerma.exports.spool import Spool

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_HUGE = 2_000_000_000
"""Bytes."""


class Sheet:
    """One sheet of a workbook; its headings may be said at any time before the end."""

    def __init__(self, name: str, place: int, spool: Spool, first_row: int = 2) -> None:
        self.name = name
        self.headings: list[str] = []
        self.rows = 0
        self._place, self._spool, self._first = place, spool, first_row

    @property
    def is_full(self) -> bool:
        """Return whether no further row fits."""
        return self.rows + self._first > MOST_ROWS

    def add(self, cells: Iterable[Cell]) -> None:
        """Add a row."""
        number = self.rows + self._first
        inside = "".join(
            [
                f'<c r="{letters}{number}"{cell}'
                for letters, cell in zip(_LETTERS, cells, strict=False)
                if cell
            ]
        )
        self._spool.add(self._place, f'<row r="{number}">{inside}</row>')
        self.rows += 1

    def xml(self) -> Iterator[bytes]:
        """Return the part of the package."""
        yield _XML.encode()
        yield f'<worksheet xmlns="{_NS}">'.encode()
        yield self._views().encode()
        yield b"<sheetData>"
        if self.headings:
            yield self._heading_row().encode()
        yield from self._spool.read(self._place)
        yield b"</sheetData>"
        if self.headings:
            yield f'<autoFilter ref="{self.range()}"/>'.encode()
        yield b"</worksheet>"

    def range(self, *, absolute: bool = False) -> str:
        """Return the range of headings and rows: A1:X9, or 'All data'!$A$1:$X$9."""
        letters, last = _LETTERS[len(self.headings) - 1], max(self.rows, 1) + 1
        if not absolute:
            return f"A1:{letters}{last}"
        name = self.name.replace("'", "''")
        return f"'{name}'!$A$1:${letters}${last}"

    @property
    def is_huge(self) -> bool:
        """Return whether it needs the long sizes of ZIP64, which Excel mends before it reads."""
        return self._spool.size(self._place) > _HUGE

    def _views(self) -> str:
        if not self.headings:
            return '<cols><col min="1" max="12" width="30" customWidth="1"/></cols>'
        widths = "".join(
            f'<col min="{n}" max="{n}" width="{min(max(len(text) + 2, 9), 28)}" customWidth="1"/>'
            for n, text in enumerate(self.headings, start=1)
        )
        return (
            '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" '
            'activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
            f"<cols>{widths}</cols>"
        )

    def _heading_row(self) -> str:
        cells = "".join(
            f'<c r="{letters}1"{heading_cell(text)}'
            for letters, text in zip(_LETTERS, self.headings, strict=False)
        )
        return f'<row r="1">{cells}</row>'


def _letters() -> list[str]:
    """Return the names of all columns: A … Z, AA … XFD."""
    one = [chr(code) for code in range(ord("A"), ord("Z") + 1)]
    two = [a + b for a in one for b in one]
    return (one + two + [a + b for a in one for b in two])[:MOST_COLUMNS]


_LETTERS = _letters()


class Workbook:
    """A workbook under way; nothing is in the file before `close`."""

    def __init__(self, out: BinaryIO, formats: Formats) -> None:
        self._out, self._formats = out, formats
        self._spool = Spool(_folder(out))
        self.sheets: list[Sheet] = []
        """In the order of their tabs."""
        self.cells = Cells()
        self._places = count()

    def sheet(self, name: str, first_row: int = 2, after: Sheet | None = None) -> Sheet:
        """Add a sheet after another, or after all."""
        made = Sheet(name, next(self._places), self._spool, first_row)
        place = len(self.sheets) if after is None else self.sheets.index(after) + 1
        self.sheets.insert(place, made)
        return made

    def room(self, sheets: list[Sheet]) -> Sheet:
        """Return the last of the sheets that belong together, or a new one if it is full."""
        last = sheets[-1]
        if last.is_full:
            name = f"{sheets[0].name[:_BEFORE_NUMBER]} {len(sheets) + 1}"
            sheets.append(self.sheet(name, after=last))
        return sheets[-1]

    def close(self, step: Callable[[], None]) -> None:
        """Write the file; `step` is called now and then, and may raise to end it."""
        with zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as file:
            for name, text in self._parts():
                file.writestr(name, _XML + text)
            for number, sheet in enumerate(self.sheets, start=1):
                name = f"xl/worksheets/sheet{number}.xml"
                with file.open(name, "w", force_zip64=sheet.is_huge) as part:
                    for piece in sheet.xml():
                        part.write(piece)
                        step()

    def drop(self) -> None:
        """Forget what waits to be written."""
        self._spool.close()

    def _parts(self) -> Iterator[tuple[str, str]]:
        """Return the parts of the package that are not sheets."""
        numbers = range(1, len(self.sheets) + 1)
        yield "[Content_Types].xml", _content_types(numbers)
        yield "_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.xml")})
        tabs = "".join(
            f'<sheet name="{escape(sheet.name)}" sheetId="{n}" r:id="rId{n}"/>'
            for n, sheet in enumerate(self.sheets, start=1)
        )
        yield (
            "xl/workbook.xml",
            f'<workbook xmlns="{_NS}" xmlns:r="{_REL}"><bookViews><workbookView/></bookViews>'
            f"<sheets>{tabs}</sheets>{self._filters()}</workbook>",
        )
        parts = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.xml") for n in numbers}
        parts[f"rId{len(self.sheets) + 1}"] = ("styles", "styles.xml")
        yield "xl/_rels/workbook.xml.rels", _relations(parts)
        yield "xl/styles.xml", _styles(self._formats)

    def _filters(self) -> str:
        """Return the hidden names by which Excel knows the ranges of filters."""
        names = "".join(
            f'<definedName name="_xlnm._FilterDatabase" localSheetId="{n}" hidden="1">'
            f"{escape(sheet.range(absolute=True), quote=False)}</definedName>"
            for n, sheet in enumerate(self.sheets)
            if sheet.headings
        )
        return f"<definedNames>{names}</definedNames>" if names else ""


_BEFORE_NUMBER = 27
"""Characters of a sheet's name before the number of the sheet that continues it."""

_LEVEL = 3
"""Of compression: higher is slower for little."""


def _folder(out: BinaryIO) -> Path | None:
    """Return the folder of an open file, where there is room for it or nowhere."""
    with suppress(AttributeError, TypeError):
        folder = Path(out.name).parent
        return folder if folder.is_dir() else None
    return None


def _content_types(numbers: Iterable[int]) -> str:
    sheets = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        f"{sheets}</Types>"
    )


def _relations(parts: dict[str, tuple[str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{_REL}/{kind}" Target="{target}"/>'
        for name, (kind, target) in parts.items()
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _styles(formats: Formats) -> str:
    """Return the styles: plain, heading, date, time, moment, quoted text."""
    codes = {164: formats.date, 165: formats.time, 166: formats.moment}
    numbers = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code)}"/>'
        for number, code in codes.items()
    )
    plain = 'fontId="0" fillId="0" borderId="0" xfId="0"'
    styles = [
        f'<xf numFmtId="0" {plain}/>',
        '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>',
        *(f'<xf numFmtId="{n}" {plain} applyNumberFormat="1"/>' for n in codes),
        f'<xf numFmtId="49" {plain} quotePrefix="1" applyNumberFormat="1"/>',
    ]
    font = '<sz val="11"/><name val="Calibri"/><family val="2"/>'
    return (
        f'<styleSheet xmlns="{_NS}"><numFmts count="{len(codes)}">{numbers}</numFmts>'
        f'<fonts count="2"><font>{font}</font><font><b/>{font}</font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{len(styles)}">{"".join(styles)}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
