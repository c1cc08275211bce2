"""The quantities that have reference levels: how they are stored, shown, and named by charts."""

from typing import NamedTuple


class Quantity(NamedTuple):
    """One quantity; the stored value times `factor` is in `unit`."""

    name: str
    """As stored, with its unit, e.g. `dap_gym2`."""
    measure: str
    """As charts and commands name it."""
    heading: str
    unit: str
    factor: float = 1.0


QUANTITIES = {
    one.name: one
    for one in (
        Quantity("ctdivol_mgy", "ctdivol", "CTDIvol", "mGy"),
        Quantity("dlp_mgycm", "dlp", "DLP", "mGy·cm"),
        Quantity("dap_gym2", "dap", "DAP", "cGy·cm²", 1e6),
        Quantity("rp_dose_gy", "rp-dose", "Dose at RP", "Gy"),
        Quantity("fluoro_time_s", "duration", "Fluoroscopy time", "s"),
        Quantity("agd_mgy", "agd", "AGD", "mGy"),
        Quantity("administered_activity_mbq", "activity", "Administered activity", "MBq"),
    )
}

OF_LEVEL: dict[tuple[str, str], tuple[str, ...]] = {
    ("CT", "study"): ("ctdivol_mgy", "dlp_mgycm"),
    ("CT", "acquisition"): ("ctdivol_mgy", "dlp_mgycm"),
    ("RF", "study"): ("dap_gym2", "rp_dose_gy", "fluoro_time_s"),
    ("DX", "study"): ("dap_gym2",),
    ("DX", "acquisition"): ("dap_gym2",),
    ("MG", "study"): ("agd_mgy",),
    ("MG", "acquisition"): ("agd_mgy",),
    ("NM", "study"): ("administered_activity_mbq",),
}
"""Modality, and study or acquisition -> quantities that are compared with levels.

CTDIvol of a study is that of the irradiation event with the greatest DLP; AGD of a study is that
of the breast with the greater sum.
"""


def by_measure(measure: str) -> Quantity | None:
    """Return the quantity that charts call `measure`, None if it has no levels."""
    return next((one for one in QUANTITIES.values() if one.measure == measure), None)
