"""GE: the "Dose Report", one line a scan under Series, Type, Scan Range, CTDIvol, DLP, Phantom.

Words, order of columns and notation of the range: the patterns of PixelMed's doseocr.
"""

import re
from collections.abc import Mapping

from kerma.screens import columns as cols
from kerma.screens.draft import NOTHING, RowDraft
from kerma.screens.key_words import fold
from kerma.screens.layout import Layout, layouts
from kerma.screens.letters import Letters, letters_of, text_of
from kerma.screens.numbers import digits, number
from kerma.screens.row_pages import Named, RowPages

_RANGE = re.compile(r"([SI])([^-]+)-([SI])([^-]+)")
_PHANTOM = re.compile(r"[^0-9]*(16|32)(?:cm)?")
_TYPES = {
    "scout": "Constant Angle Acquisition",
    "axiai": "Sequenced Acquisition",
    "cardiacaxiai": "Sequenced Acquisition",
    "heiicai": "Spiral Acquisition",
    "cardiacheiicai": "Spiral Acquisition",
    "cine": "Sequenced Acquisition",
    "smartprep": "Stationary Acquisition",
}
"""Type as `fold` returns it -> meaning of CID 10013."""
_PLACES = (2,)
"""Decimals of CTDIvol and DLP."""


def _fill(row: RowDraft, named: Named, units: Mapping[str, str]) -> bool:
    series = letters_of(named.get("series_number", ()))
    if number(text_of(series), row.style) is None or "acquisition_type" not in named:
        return False
    _move_words(named)
    row.whole("series_number", series)
    row.values["label"] = digits(text_of(series), row.style)
    _type(row, named)
    _range(row, letters_of(named.get("range", ())))
    row.number("ctdivol_mgy", letters_of(named.get("ctdivol_mgy", ())), _PLACES)
    row.number("dlp_mgycm", letters_of(named.get("dlp_mgycm", ())), _PLACES)
    phantom = letters_of(named.get("phantom_mm", ()))
    if text_of(phantom) not in NOTHING:
        match = _PHANTOM.fullmatch(digits(text_of(phantom), row.style))
        row.take("phantom_mm", phantom, 10 * int(match[1]) if match else None)
    return True


def _move_words(named: Named) -> None:
    """Give words back to the type: "Smart Prep" may reach under the next heading."""
    words = named.get("range", [])
    while words and words[0].text not in NOTHING and words[0].text.isalpha():
        named["acquisition_type"].append(words.pop(0))


def _type(row: RowDraft, named: Named) -> None:
    text = " ".join(word.text for word in named["acquisition_type"])
    row.values["protocol"] = text
    if fold(text) in _TYPES:
        row.values["acquisition_type"] = _TYPES[fold(text)]


def _range(row: RowDraft, letters: Letters) -> None:
    """Read "S19.250-I658.250": superior is positive, inferior negative, in mm."""
    text = text_of(letters)
    if text in NOTHING:
        return
    match = _RANGE.fullmatch(text)
    if match is None:
        row.take("start_mm", letters, None)
        return
    ends = [
        _position(row, name, letters[match.start(group) : match.end(group + 1)])
        for name, group in (("start_mm", 1), ("end_mm", 3))
    ]
    start, end = ends
    if start is not None and end is not None:
        row.values["scanning_length_mm"] = round(abs(end - start), 3)
        if start == end and row.values.get("acquisition_type") != _TYPES["scout"]:
            row.values["acquisition_type"] = "Stationary Acquisition"


def _position(row: RowDraft, name: str, letters: Letters) -> float | None:
    sign = 1 if letters[0].text == "S" else -1
    value = number(text_of(letters[1:]), row.style, (1, 2, 3))
    row.take(name, letters, None if value is None else sign * value)
    return None if value is None else sign * value


_PAGES = RowPages(
    name="ge",
    columns={
        "series_number": ("Series",),
        "acquisition_type": ("Type",),
        "range": ("Scan Range",),
        "ctdivol_mgy": ("CTDIvol", "CTDI vol"),
        "dlp_mgycm": ("DLP",),
        "phantom_mm": ("Phantom",),
        "": ("Dose Eff.", "Dose Eff. %", "Images"),
    },
    needed=frozenset(("series_number", "acquisition_type", "range", "ctdivol_mgy", "dlp_mgycm")),
    units={
        "range": "mm",
        "ctdivol_mgy": cols.MGY,
        "dlp_mgycm": cols.MGYCM,
        "phantom_mm": "cm",
    },
    must_have_units=frozenset(("ctdivol_mgy", "dlp_mgycm")),
    fill=_fill,
    titles=("Dose Report",),
    total_dlp=("Total Exam DLP", "Exam DLP", "Accumulated Exam DLP"),
    total_places=_PLACES,
    passed_over=("Projected Series DLP",),
    exam=("Exam Description:",),
    states_phantoms=True,
)

layouts.add(Layout("ge", _PAGES.fits, _PAGES.read))
