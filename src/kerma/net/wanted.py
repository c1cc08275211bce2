"""What a query asks for: the options of the page and of the scripts in one record."""

import datetime as dt

import msgspec

from kerma.records.base import Record

MODALITIES = ("CT", "MG", "RF", "DX", "NM")
"""Kerma's modalities that can be asked for."""


class Wanted(Record, frozen=True, kw_only=True):
    """The studies wanted of a node.

    Terms are compared without regard to case, as parts of the value; a study without the value
    always passes.
    """

    modalities: tuple[str, ...] = ()
    """Some of `MODALITIES`; none with `sr_only`."""
    date_from: dt.date | None = None
    date_until: dt.date | None = None
    time_from: dt.time | None = None
    """Only with a single date."""
    time_until: dt.time | None = None
    description_include: tuple[str, ...] = ()
    description_exclude: tuple[str, ...] = ()
    station_include: tuple[str, ...] = ()
    station_exclude: tuple[str, ...] = ()
    station_at_study_level: bool = False
    """Whether station names are compared at study level, else at series level."""
    study_uids: tuple[str, ...] = ()
    """Only these studies, among those that meet the rest; none means any."""
    sr_only: bool = False
    """Only studies that consist of structured reports, whatever the modality."""
    duplicates: bool = False
    """Whether objects already stored are fetched again."""
    empty_sr: bool = False
    """Whether a series of reports for which the node lists no images is taken for a dose report."""
    toshiba: bool = False
    """Whether CT studies without report give one image of each series, and their dose screens."""

    def as_json(self) -> dict[str, object]:
        """Return it as it is kept with a query."""
        found: dict[str, object] = msgspec.to_builtins(self)
        return found

    @classmethod
    def of(cls, kept: dict[str, object]) -> "Wanted":
        """Return what `as_json` has made."""
        return msgspec.convert(kept, cls)
