"""Rows of a dose screen and acquisitions of images in, which belongs to which out.

A row is only given images that can be no other's. Where several rows could be made of several
acquisitions, a row is given what all of these agree on.
"""

import re
from collections.abc import Sequence
from enum import Enum

from kerma.extract.screens.series import Series
from kerma.extract.screens.tolerances import tolerance
from kerma.screens.reading import ScanRow

_LOCALISER = "Constant Angle Acquisition"
_MODES = {
    "Spiral Acquisition": "spiral",
    "Sequenced Acquisition": "sequenced",
    "Stationary Acquisition": "stationary",
}
_WHOLE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?[A-Z]?")
"""Label of a scan: 2, 3D, or 2-15."""


class Verdict(Enum):
    """What one attribute says about a row and an acquisition."""

    AGREES = 1
    UNKNOWN = 0
    DIFFERS = -1


def candidates(
    rows: Sequence[ScanRow], series: Sequence[Series], layout: str
) -> list[tuple[Series, ...]]:
    """Return for each row the acquisitions that it may be, none where that is not certain.

    Several are returned only where as many rows have the same ones. The screens of GE name the
    series, so that all acquisitions of a series are returned for each of its rows.
    """
    by_number = layout == "ge"
    found = [
        [number for number, one in enumerate(series) if _fits(row, one, layout)] for row in rows
    ]
    if not by_number:
        found = _without_taken(found)
        if not any(found):
            found = _in_order(rows, series, layout)
    return [
        tuple(series[number] for number in row) if _is_certain(row, found, by_number) else ()
        for row in found
    ]


def verdicts(row: ScanRow, one: Series) -> dict[str, Verdict]:
    """Return what each attribute that both may give says, by its name in words."""
    return {
        "tube voltage": _number(row.kvp, one.kvp, tolerance("tube_voltage_kv")),
        "time of a rotation": _relative(row.rotation_time_s, one.rotation_s),
        "pitch": _relative(row.pitch, one.pitch),
        "collimation": _collimation(row, one),
        "kind of scan": _words(_MODES.get(row.acquisition_type, ""), one.mode),
    }


def _fits(row: ScanRow, one: Series, layout: str) -> bool:
    """Whether an acquisition can be that of the row and something particular says so."""
    if (row.acquisition_type == _LOCALISER) != one.is_localiser:
        return False
    if layout == "ge":
        return row.series_number is not None and row.series_number in one.series_numbers
    particular = _particular(row, one, layout)
    general = tuple(verdicts(row, one).values())
    if Verdict.DIFFERS in particular or Verdict.DIFFERS in general:
        return False
    agreeing = general.count(Verdict.AGREES)
    return Verdict.AGREES in particular or agreeing >= 2


def _particular(row: ScanRow, one: Series, layout: str) -> tuple[Verdict, ...]:
    """Return what names of scans, protocols and ranges say, which few scans have in common."""
    scan = _label(row, one) if layout == "siemens" else Verdict.UNKNOWN
    return scan, _words(row.protocol, one.protocol), _length(row, one)


def _without_taken(found: list[list[int]]) -> list[list[int]]:
    """Take away from other rows what only one row can be, as long as that changes anything."""
    left = [list(row) for row in found]
    changed = True
    while changed:
        changed = False
        for place, row in enumerate(left):
            if len(row) != 1 or sum(other == row for other in left) > 1:
                continue
            for other_place, other in enumerate(left):
                if other_place != place and row[0] in other:
                    other.remove(row[0])
                    changed = True
    return left


def _in_order(rows: Sequence[ScanRow], series: Sequence[Series], layout: str) -> list[list[int]]:
    """Return one to one by order, if there are as many of both and nothing speaks against it.

    Only where each image says when it was made, and each pair agrees on something.
    """
    scans = [place for place, row in enumerate(rows) if row.acquisition_type != _LOCALISER]
    made = [place for place, one in enumerate(series) if not one.is_localiser]
    times = [series[place].started for place in made]
    none: list[list[int]] = [[] for _ in rows]
    if len(scans) != len(made) or not all(times) or len(set(times)) != len(times):
        return none
    pairs = list(zip(scans, made, strict=True))
    said = [
        (
            *verdicts(rows[scan], series[place]).values(),
            *_particular(rows[scan], series[place], layout),
        )
        for scan, place in pairs
    ]
    if any(Verdict.DIFFERS in one or Verdict.AGREES not in one for one in said):
        return none
    for scan, place in pairs:
        none[scan] = [place]
    return none


def _is_certain(row: list[int], every: list[list[int]], by_number: bool) -> bool:
    """Whether no row is left without: as many acquisitions as rows that claim just these."""
    if by_number:
        return bool(row)
    rivals = [other for other in every if set(other) & set(row)]
    return bool(row) and all(other == row for other in rivals) and len(rivals) <= len(row)


def _label(row: ScanRow, one: Series) -> Verdict:
    """Compare the number of a scan, as Siemens counts them, with the acquisition number."""
    found = _WHOLE.fullmatch(row.label)
    if found is None or one.acquisition is None:
        return Verdict.UNKNOWN
    first, last = int(found[1]), int(found[2] or found[1])
    return _verdict(first <= one.acquisition <= last)


def _length(row: ScanRow, one: Series) -> Verdict:
    """Compare the range of a row with that of its images, where several images are at hand.

    Agreement needs the same two ends; that images span less says nothing: one of each series may
    be all that there is.
    """
    if row.start_mm is None or row.end_mm is None or one.first_mm is None or one.last_mm is None:
        return Verdict.UNKNOWN
    low, high = sorted((row.start_mm, row.end_mm))
    if one.last_mm - one.first_mm > high - low + tolerance("longer_mm"):
        return Verdict.DIFFERS
    same = max(abs(one.first_mm - low), abs(one.last_mm - high)) <= tolerance("ends_mm")
    return Verdict.AGREES if same else Verdict.UNKNOWN


def _collimation(row: ScanRow, one: Series) -> Verdict:
    """Compare what a screen calls collimation with the single and the total one of the images."""
    said = [value for value in (one.single_mm, one.total_mm) if value is not None]
    if row.collimation_mm is None or not said:
        return Verdict.UNKNOWN
    near = any(abs(row.collimation_mm - value) <= tolerance("collimation_mm") for value in said)
    return Verdict.AGREES if near else Verdict.UNKNOWN


def _words(row: str, one: str) -> Verdict:
    if not row or not one:
        return Verdict.UNKNOWN
    return _verdict(row.casefold().split() == one.casefold().split())


def _relative(row: float | None, one: float | None) -> Verdict:
    return _number(row, one, tolerance("time_or_pitch") * row if row else 0.0)


def _number(row: float | None, one: float | None, tolerance: float) -> Verdict:
    if row is None or one is None:
        return Verdict.UNKNOWN
    return _verdict(abs(row - one) <= tolerance)


def _verdict(agrees: bool) -> Verdict:
    return Verdict.AGREES if agrees else Verdict.DIFFERS
