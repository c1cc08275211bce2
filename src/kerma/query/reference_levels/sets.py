"""Published sets of reference levels, read from the data files in `published/`."""

import datetime as dt
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from kerma.query.reference_levels.quantities import QUANTITIES

_UNITS = {
    "ctdivol_mgy": ("ctdivol_mgy", 1.0),
    "dlp_mgycm": ("dlp_mgycm", 1.0),
    "dap_gycm2": ("dap_gym2", 1e-4),
    "dap_cgycm2": ("dap_gym2", 1e-6),
    "dap_mgycm2": ("dap_gym2", 1e-7),
    "rp_dose_gy": ("rp_dose_gy", 1.0),
    "rp_dose_mgy": ("rp_dose_gy", 1e-3),
    "fluoro_time_s": ("fluoro_time_s", 1.0),
    "fluoro_time_min": ("fluoro_time_s", 60.0),
    "agd_mgy": ("agd_mgy", 1.0),
    "administered_activity_mbq": ("administered_activity_mbq", 1.0),
}
"""Quantity and unit in a file -> quantity as stored, and the factor to its unit."""

_GUIDE = "guide_"


class Procedure(NamedTuple):
    """One procedure of a set, with its values in the units of the store."""

    key: str
    label: str
    values: dict[str, float]
    """Quantity -> reference level."""
    guides: dict[str, float]
    """Quantity -> lower value that the publisher wants to be aimed at, where it gives one."""
    phantom_cm: int | None = None
    """16 or 32; None where the publisher does not state it, or for other modalities."""
    band: str = ""
    """Weight or age band of `kerma.query.reference_levels.bands`; "" for adults."""


class LevelSet(NamedTuple):
    """One version of a series of levels."""

    key: str
    """Name of the data file."""
    series: str
    """What links name, so that a newer version takes over by its date."""
    title: str
    country: str
    publisher: str
    modality: str
    level: str
    """Whether its values are those of a `study` or of one `acquisition`."""
    valid_from: dt.date
    valid_until: dt.date | None
    source: str
    address: str
    statistic: str
    phantom_note: str
    procedures: dict[str, Procedure]

    @property
    def is_over(self) -> bool:
        """Return whether it is no longer in force today."""
        return self.valid_until is not None and self.valid_until < dt.date.today()  # noqa: DTZ011

    def holds_on(self, day: dt.date) -> bool:
        """Return whether the version is in force on this day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


@cache
def all_sets() -> tuple[LevelSet, ...]:
    """Return every version of every set, by series and date."""
    folder = files(__package__).joinpath("published")
    found = [
        read(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8"))
        for file in folder.iterdir()
        if file.name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda one: (one.series, one.valid_from)))


def read(key: str, text: str) -> LevelSet:
    """Return the set that a data file holds.

    Raises
    ------
    ValueError
        If a key of a procedure is neither known nor a known quantity with its unit.
    """
    table = tomllib.loads(text)
    procedures = [_procedure(key, row) for row in table["procedure"]]
    return LevelSet(
        key=key,
        series=table["series"],
        title=table["title"],
        country=table["country"],
        publisher=table["publisher"],
        modality=table["modality"],
        level=table["level"],
        valid_from=table["valid_from"],
        valid_until=table.get("valid_until"),
        source=table["source"],
        address=table["address"],
        statistic=table.get("statistic", ""),
        phantom_note=table.get("phantom_note", ""),
        procedures={one.key: one for one in procedures},
    )


def _procedure(key: str, row: dict[str, Any]) -> Procedure:
    values: dict[str, float] = {}
    guides: dict[str, float] = {}
    for name, value in row.items():
        if name in ("key", "label", "phantom_cm", "band"):
            continue
        bare = name.removeprefix(_GUIDE)
        if bare not in _UNITS:
            raise ValueError(f"{key}: {name!r} of {row['key']!r} is no known quantity and unit.")
        quantity, factor = _UNITS[bare]
        (guides if name.startswith(_GUIDE) else values)[QUANTITIES[quantity].name] = value * factor
    return Procedure(
        row["key"], row["label"], values, guides, row.get("phantom_cm"), row.get("band", "")
    )


def series_of(modality: str, level: str = "") -> dict[str, LevelSet]:
    """Return the newest version of every series of a modality, by series."""
    return {
        one.series: one
        for one in all_sets()
        if one.modality == modality and level in ("", one.level)
    }


def in_force(series: str, day: dt.date) -> LevelSet | None:
    """Return the version of a series that holds on a day; the newest if several do."""
    holding = [one for one in all_sets() if one.series == series and one.holds_on(day)]
    return holding[-1] if holding else None
