"""Invented CT studies as tables of dose screens, holding what the maker's screen shows.

DLP is CTDIvol times the irradiated length, over-ranging of spirals included; totals are sums of
values before they were rounded for the screen.
"""

import random
from collections.abc import Sequence

from msgspec.structs import replace

from kerma.demo.screens.makers.siemens import dlp_decimals
from kerma.demo.screens.sheet import Look
from kerma.screens.reading import ScanRow, ScreenTable

_PARTS = ("Thorax", "Abdomen", "Pelvis", "Head", "Neck", "Spine", "Heart", "Sinus")
_TUBE_KV = {
    "siemens": (80.0, 100.0, 120.0, 140.0),
    "ge": (80.0, 100.0, 120.0, 140.0),
    "toshiba": (80.0, 100.0, 120.0, 135.0),
    "canon": (80.0, 100.0, 120.0, 135.0),
    "philips": (80.0, 100.0, 120.0, 140.0),
}
_SPIRAL = "Spiral Acquisition"
_SEQUENCE = "Sequenced Acquisition"
_SCOUT = "Constant Angle Acquisition"
_HEAD_MM, _BODY_MM = 160, 320


def study(layout: str, look: Look, chance: random.Random, most: int = 8) -> ScreenTable:
    """Return a study of one to `most` scans, with a localizer where the maker shows it."""
    parts = [chance.choice(_PARTS) for _ in range(chance.randint(1, most))]
    scans = [_scan(layout, number, part, chance) for number, part in enumerate(parts, 2)]
    made = {"siemens": _siemens, "ge": _ge, "philips": _philips}.get(layout, _toshiba)
    return made(layout, look, chance, scans)


def _scan(layout: str, number: int, part: str, chance: random.Random) -> ScanRow:
    """Return a scan with all its values; the DLP is not rounded."""
    is_spiral = chance.random() < 0.8
    start = round(chance.uniform(-50, 300) * 4) / 4
    length = round(chance.uniform(60, 600) * 4) / 4 if is_spiral else 10.0 * chance.randint(1, 12)
    beam = chance.choice((10.0, 20.0, 40.0))
    irradiated = length + beam * (chance.uniform(0.6, 1.4) if is_spiral else 1)
    ctdivol = round(chance.lognormvariate(3.8 if part in ("Head", "Sinus") else 2.2, 0.5), 2)
    return ScanRow(
        label=str(number),
        series_number=number,
        protocol=part,
        acquisition_type=_SPIRAL if is_spiral else _SEQUENCE,
        kvp=chance.choice(_TUBE_KV[layout]),
        exposure_mas=float(round(chance.uniform(30, 350))),
        rotation_time_s=chance.choice((0.33, 0.5, 0.75, 1.0)),
        exposure_time_s=round(chance.uniform(1, 20), 2),
        collimation_mm=chance.choice((0.6, 1.2, 1.5, 2.5, 5.0)),
        start_mm=start,
        end_mm=start - length,
        scanning_length_mm=irradiated,
        ctdivol_mgy=ctdivol,
        dlp_mgycm=ctdivol * irradiated / 10,
        phantom_mm=_HEAD_MM if part in ("Head", "Sinus") else _BODY_MM,
    )


def _kept(row: ScanRow, decimals: int, *names: str) -> ScanRow:
    """Return the row with the doses and `names`, DLP as printed."""
    kept = {name: getattr(row, name) for name in ("ctdivol_mgy", "phantom_mm", *names)}
    return ScanRow(dlp_mgycm=_rounded(row.dlp_mgycm or 0, decimals), **kept)


def _rounded(value: float, decimals: int) -> float:
    return float(f"{value:.{decimals}f}")


def _total(scans: Sequence[ScanRow], decimals: int) -> float:
    return _rounded(sum(row.dlp_mgycm or 0 for row in scans), decimals)


def _siemens(layout: str, look: Look, chance: random.Random, scans: list[ScanRow]) -> ScreenTable:
    decimals = dlp_decimals(look)
    names = ("protocol", "label", "kvp", "exposure_mas", "rotation_time_s", "collimation_mm")
    rows = [_kept(row, decimals, *names) for row in scans]
    if look.variant % 2 == 0:
        rows = [
            replace(row, reference_mas=float(round((row.exposure_mas or 0) * chance.uniform(1, 2))))
            for row in rows
        ]
    if look.variant % 5 == 4:
        rows = [replace(row, phantom_mm=None) for row in rows]
    topogram = ScanRow(
        label="1",
        protocol="Topogram",
        kvp=120.0,
        tube_current_ma=float(chance.randint(20, 100)),
        exposure_time_s=_rounded(chance.uniform(2, 9), 2),
        collimation_mm=0.6,
    )
    mas = sum(row.exposure_mas or 0 for row in scans) * chance.uniform(2, 9)
    return ScreenTable(
        layout=layout,
        rows=(topogram, *rows),
        total_dlp_mgycm=_total(scans, decimals),
        total_mas=float(round(mas)),
        date_time="29-Jun-2009 10:12",
    )


def _ge(layout: str, look: Look, chance: random.Random, scans: list[ScanRow]) -> ScreenTable:
    names = ("series_number", "acquisition_type", "start_mm", "end_mm")
    scout = ScanRow(series_number=1, acquisition_type=_SCOUT)
    return ScreenTable(
        layout=layout,
        rows=(scout, *[_kept(row, 2, *names) for row in scans]),
        total_dlp_mgycm=_total(scans, 2),
        date_time="05 Mar 2010",
        exam_description="CT ABDOMEN",
    )


def _toshiba(layout: str, look: Look, chance: random.Random, scans: list[ScanRow]) -> ScreenTable:
    names = ["protocol", "acquisition_type", "exposure_mas", "exposure_time_s"]
    names += ["kvp"] if layout == "canon" else ["start_mm", "end_mm"]
    in_groups = sorted(scans, key=lambda row: row.protocol)
    whole = [
        replace(
            row,
            protocol=row.protocol.upper(),
            start_mm=_rounded(row.start_mm or 0, 1),
            end_mm=_rounded(row.end_mm or 0, 1),
        )
        for row in in_groups
    ]
    totals = {
        size: _total([row for row in scans if row.phantom_mm == size], 2)
        for size in {row.phantom_mm for row in scans}
    }
    return ScreenTable(
        layout=layout,
        rows=tuple(_kept(row, 2, *names) for row in whole),
        total_dlp_head_mgycm=totals.get(_HEAD_MM),
        total_dlp_body_mgycm=totals.get(_BODY_MM),
        date_time="2009.06.29 10:12:13",
    )


def _philips(layout: str, look: Look, chance: random.Random, scans: list[ScanRow]) -> ScreenTable:
    names = ("protocol", "acquisition_type", "kvp", "exposure_mas", "scanning_length_mm")
    surview = ScanRow(
        protocol="Surview",
        acquisition_type=_SCOUT,
        kvp=120.0,
        exposure_mas=30.0,
        scanning_length_mm=400.0,
        ctdivol_mgy=0.10,
        dlp_mgycm=4.0,
        phantom_mm=_BODY_MM,
    )
    rows = [
        _kept(replace(row, scanning_length_mm=_rounded(row.scanning_length_mm or 0, 1)), 1, *names)
        for row in scans
    ]
    return ScreenTable(
        layout=layout,
        rows=(surview, *rows),
        total_dlp_mgycm=_total([*scans, surview], 1),
    )
