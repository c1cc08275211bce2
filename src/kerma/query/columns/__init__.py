"""Every listed, filtered, ordered or exported value, said once."""

from kerma.query.columns.base import Column, named, paths_of
from kerma.query.columns.ct import CT
from kerma.query.columns.dx import DX
from kerma.query.columns.mg import MG
from kerma.query.columns.nm import NM
from kerma.query.columns.rf import RF

COLUMNS: dict[str, tuple[Column, ...]] = {"CT": CT, "RF": RF, "DX": DX, "MG": MG, "NM": NM}
"""Modality -> the columns of its list, in their order."""

HEADINGS = {
    "CT": "CT",
    "RF": "Fluoroscopy",
    "DX": "Radiography",
    "MG": "Mammography",
    "NM": "Nuclear medicine",
}
"""Modality -> its name in the pages."""


def columns_of(modality: str) -> dict[str, Column]:
    """Return the columns of a modality by name; "" means of any."""
    if modality:
        return named(COLUMNS[modality])
    found: dict[str, Column] = {}
    for one in COLUMNS.values():
        found = named(one) | found
    return found


__all__ = ["COLUMNS", "HEADINGS", "Column", "columns_of", "paths_of"]
