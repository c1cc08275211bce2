"""How the report of reference levels looks: styles, tables, bars and the foot of the page."""

from collections.abc import Callable, Sequence
from math import floor, log10
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, Table

from kerma.exports import pdf_fonts
from kerma.exports.pdf_fonts import BOLD, REGULAR

TEXT, MUTED, LINE, SUNKEN, ACCENT, OVER, OVER_SOFT = (
    "#16202a", "#5b6875", "#d5dce2", "#eef1f4", "#0b6079", "#a8321f", "#fbebe8",
)  # fmt: skip

WIDTH = A4[0] - 2 * 16 * mm - 12
"""Of tables and text: the page without margins and the padding of its frame."""


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    given: dict[str, Any] = {
        "fontName": REGULAR,
        "fontSize": size,
        "leading": size * 1.4,
        "textColor": TEXT,
    }
    return ParagraphStyle(name, **(given | more))


STYLES = {
    "over": _style("over", 10, textColor=MUTED, spaceAfter=1 * mm),
    "title": _style("title", 18, fontName=BOLD, leading=22, spaceAfter=2 * mm),
    "heading": _style("heading", 12, fontName=BOLD, spaceBefore=4 * mm, spaceAfter=2 * mm),
    "name": _style("name", 9.5, fontName=BOLD),
    "body": _style("body", 9, spaceAfter=1.5 * mm),
    "muted": _style("muted", 8.5, textColor=MUTED),
    "note": _style("note", 7.5, textColor=MUTED, spaceAfter=1.2 * mm),
    "cell": _style("cell", 7.5, leading=9.5),
    "figure": _style("figure", 15, fontName=BOLD, leading=18),
    "figure-note": _style("figure-note", 7.5, textColor=MUTED),
    "head": _style("head", 7, textColor=MUTED, leading=8.5),
    "head-end": _style("head-end", 7, textColor=MUTED, leading=8.5, alignment=TA_RIGHT),
}


def safe(text: str) -> str:
    """Return a text for a paragraph, each part of it in a font that has its letters."""
    return "".join(
        escape(part) if font == REGULAR else f"<font name='{font}'>{escape(part)}</font>"
        for font, part in pdf_fonts.parts(text)
    )


def number(value: float, digits: int = 3) -> str:
    """Return a number with three significant digits, more only left of the point."""
    if value == 0:
        return "0"
    decimals = max(digits - 1 - floor(log10(abs(value))), 0)
    text = f"{value:,.{decimals}f}".replace(",", "\u00a0")
    return text.rstrip("0").rstrip(".") if "." in text else text


class Bar(Flowable):
    """A median as a bar, with a mark for each level; shares of the whole width."""

    def __init__(self, fill: float, ticks: Sequence[float], *, over: bool) -> None:
        super().__init__()
        self.fill, self.ticks = min(fill, 1.0), ticks
        self.colour = OVER if over else ACCENT
        self.width, self.height = 17 * mm, 3 * mm

    def wrap(self, *room: float) -> tuple[float, float]:
        """Return the size."""
        return self.width, self.height

    def draw(self) -> None:
        """Draw it."""
        canvas, height = self.canv, 2 * mm
        canvas.setStrokeColor(HexColor(LINE))
        canvas.setFillColor(HexColor(SUNKEN))
        canvas.roundRect(0, 0.5 * mm, self.width, height, 1 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor(self.colour))
        canvas.roundRect(0, 0.5 * mm, max(self.fill * self.width, 1), height, 1 * mm, 0, 1)
        canvas.setStrokeColor(HexColor(TEXT))
        canvas.setLineWidth(1)
        for tick in self.ticks:
            canvas.line(tick * self.width, 0, tick * self.width, 3 * mm)


def figures(pairs: Sequence[tuple[str, str]]) -> Table:
    """Return figures side by side, each with what it counts."""
    row = [[Paragraph(value, STYLES["figure"]), Paragraph(safe(note), STYLES["figure-note"])]
           for value, note in pairs]  # fmt: skip
    width = WIDTH / len(pairs)
    return Table(
        [row],
        colWidths=[width] * len(pairs),
        style=[
            ("BOX", (0, 0), (-1, -1), 0.5, HexColor(LINE)),
            ("INNERGRID", (0, 0), (-1, -1), 0.5, HexColor(LINE)),
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("TOPPADDING", (0, 0), (-1, -1), 6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ],
    )


_COLUMNS = (("Quantity", 39), ("System", 35), ("n", 9), ("Median", 15), ("95 % interval", 23),
            ("75th perc.", 19), ("", 24), ("Level, ratio", 45))  # fmt: skip
"""Heading and width in mm; the others are the wider where one is left out."""


def typical_table(
    name: str, lines: list[list[Any]], marks: list[int], *, several: bool, levels: bool
) -> Table:
    """Return the table of one name, which stands above it on each page.

    Parameters
    ----------
    lines
        Cells of all columns; those of systems and levels are left out if asked.
    marks
        Lines, from 0, whose levels are exceeded.
    """
    kept = [place for place in range(len(_COLUMNS)) if _is_kept(place, several, levels)]
    total = sum(_COLUMNS[place][1] for place in kept)
    ends = range(2, 6)
    head = [Paragraph(_COLUMNS[place][0], STYLES["head-end" if place in ends else "head"])
            for place in kept]  # fmt: skip
    title: list[Any] = [Paragraph(safe(name), STYLES["name"]), *[""] * (len(kept) - 1)]
    return Table(
        [title, head, *([line[place] for place in kept] for line in lines)],
        colWidths=[_COLUMNS[place][1] / total * WIDTH for place in kept],
        repeatRows=2,
        style=_look(kept.index(2), [row + 2 for row in marks]),
    )


def _is_kept(place: int, several: bool, levels: bool) -> bool:
    return (several or place != 1) and (levels or place != len(_COLUMNS) - 1)


def _look(first: int, marks: list[int]) -> list[Any]:
    """Return the style of a table whose first number is in the column `first`."""
    style: list[Any] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 7.5),
        ("TEXTCOLOR", (0, 0), (-1, -1), HexColor(TEXT)),
        ("FONT", (first + 1, 2), (first + 1, -1), BOLD, 7.5),
        ("ALIGN", (first, 1), (first + 3, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("BACKGROUND", (0, 1), (-1, 1), HexColor(SUNKEN)),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, HexColor(LINE)),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
        ("SPAN", (0, 0), (-1, 0)),
        ("LEFTPADDING", (0, 0), (-1, 0), 0),
        ("BOTTOMPADDING", (0, 0), (-1, 0), 4),
    ]
    for row in marks:
        style.append(("BACKGROUND", (0, row), (-1, row), HexColor(OVER_SOFT)))
        style.append(("LINEBEFORE", (0, row), (0, row), 2, HexColor(OVER)))
    return style


def footer(text: str) -> Callable[[Canvas, Any], None]:
    """Return what writes the foot of each page."""

    def write(canvas: Canvas, document: Any) -> None:
        canvas.saveState()
        canvas.setFillColor(HexColor(MUTED))
        line = canvas.beginText(16 * mm + 6, 10 * mm)
        for font, part in pdf_fonts.parts(_cut(text)):
            line.setFont(font, _FOOT)
            line.textOut(part)
        canvas.drawText(line)
        canvas.setFont(REGULAR, _FOOT)
        canvas.drawRightString(194 * mm - 6, 10 * mm, f"Page {document.page}")
        canvas.restoreState()

    return write


_FOOT = 7.0


def _cut(text: str) -> str:
    """Return as much of a text as the foot of a page has room for."""
    if pdf_fonts.width(text, _FOOT) <= _FOOT_ROOM:
        return text
    while pdf_fonts.width(f"{text}…", _FOOT) > _FOOT_ROOM:
        text = text[:-1]
    return f"{text.rstrip()}…"


_FOOT_ROOM = 155 * mm
