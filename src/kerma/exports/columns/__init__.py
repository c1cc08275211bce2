"""Every exported value, said once."""

from kerma.exports.columns.base import Columns, Reader, Value, set_apart
from kerma.exports.columns.ct import CT
from kerma.exports.columns.dx import DX
from kerma.exports.columns.mg import MG
from kerma.exports.columns.nm import nm
from kerma.exports.columns.rf import RF

COLUMNS = {"CT": CT, "DX": DX, "MG": MG, "NM": nm(), "RF": RF}
"""Modality -> what is exported; nuclear medicine without organ doses and series, see `nm`."""

__all__ = ["COLUMNS", "Columns", "Reader", "Value", "nm", "set_apart"]
