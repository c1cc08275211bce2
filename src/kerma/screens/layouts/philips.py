"""Philips: one line a scan; for pictures whose header has no dose (see `philips_ct.py`).

No picture of such a screen is public. Read are the words of Philips' own header comments ("Total
DLP = ..."), columns by their headings in any order, and units only as printed.
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

_TYPES = {
    "surview": "Constant Angle Acquisition",
    "scout": "Constant Angle Acquisition",
    "axiai": "Sequenced Acquisition",
    "sequence": "Sequenced Acquisition",
    "heiicai": "Spiral Acquisition",
    "heiix": "Spiral Acquisition",
    "spirai": "Spiral Acquisition",
    "cine": "Stationary Acquisition",
    "iocator": "Stationary Acquisition",
    "tracker": "Stationary Acquisition",
}
"""Scan type as `fold` returns it -> meaning of CID 10013."""
_PHANTOM = re.compile(r"[^0-9]*(16|32)(?:cm)?")
_IN_MM = {"mm": 1, "cm": 10}
_PLACES = (1, 2)
_DECIMALS = {
    "kvp": (0,),
    "exposure_mas": (0, 1),
    "tube_current_ma": (0, 1),
    "rotation_time_s": (1, 2, 3),
    "pitch": (1, 2, 3),
    "scanning_length_mm": (0, 1, 2),
    "ctdivol_mgy": _PLACES,
    "dlp_mgycm": _PLACES,
}


def _fill(row: RowDraft, named: Named, units: Mapping[str, str]) -> bool:
    label = letters_of(named.get("label", ()))
    if number(text_of(label), row.style) is None or not {"kvp", "dlp_mgycm"} & set(named):
        return False
    row.take("label", label, digits(text_of(label), row.style))
    row.words("protocol", named.get("protocol", ()))
    kind = " ".join(word.text for word in named.get("acquisition_type", ()))
    if fold(kind) in _TYPES:
        row.values["acquisition_type"] = _TYPES[fold(kind)]
    for name, places in _DECIMALS.items():
        row.number(name, letters_of(named.get(name, ())), places)
    _length(row, units.get("scanning_length_mm", ""))
    _phantom(row, letters_of(named.get("phantom_mm", ())))
    return True


def _length(row: RowDraft, unit: str) -> None:
    """Convert the length to mm; without a unit it is none."""
    value = row.values.pop("scanning_length_mm", None)
    if value is not None and unit in _IN_MM:
        row.values["scanning_length_mm"] = _IN_MM[unit] * float(str(value))


def _phantom(row: RowDraft, letters: Letters) -> None:
    if text_of(letters) not in NOTHING:
        match = _PHANTOM.fullmatch(digits(text_of(letters), row.style))
        row.take("phantom_mm", letters, 10 * int(match[1]) if match else None)


_PAGES = RowPages(
    name="philips",
    columns={
        "label": ("#", "No", "No.", "Scan", "Scan #", "Series", "Series #"),
        "protocol": ("Label", "Scan Label", "Description", "Series Description", "Protocol"),
        "acquisition_type": ("Scan Type", "Type", "Scan Mode", "Mode"),
        "kvp": ("kV", "kVp"),
        "exposure_mas": ("mAs", "mAs/slice"),
        "tube_current_ma": ("mA",),
        "rotation_time_s": ("Rotation Time", "Rot. Time"),
        "pitch": ("Pitch",),
        "scanning_length_mm": ("Length", "Scan Length", "Exposed Length"),
        "ctdivol_mgy": ("CTDIvol", "CTDI vol"),
        "dlp_mgycm": ("DLP",),
        "phantom_mm": ("Phantom", "Phantom Type"),
        "": ("Collimation", "Time", "Start", "End", "SSDE", "DoseRight"),
    },
    needed=frozenset(("label", "acquisition_type", "kvp", "ctdivol_mgy", "dlp_mgycm")),
    units={
        "ctdivol_mgy": cols.MGY,
        "dlp_mgycm": cols.MGYCM,
        "phantom_mm": "cm",
        "rotation_time_s": "s",
    },
    must_have_units=frozenset(("ctdivol_mgy", "dlp_mgycm")),
    fill=_fill,
    titles=("Dose Report", "Dose Info", "Exam Dose Summary", "Dose Summary"),
    total_dlp=("Total DLP", "Exam DLP", "Total Exam DLP"),
    total_places=_PLACES,
    counts_scans=True,
)

layouts.add(Layout("philips", _PAGES.fits, _PAGES.read))
