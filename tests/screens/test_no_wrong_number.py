"""Screens drawn by us, damaged in every way: whatever is believed stands on the picture."""

import importlib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from kerma.screens.reading import ScanRow, ScreenTable

BENCH = Path(__file__).parents[2] / "bench"
SEED = 20261127
TAUGHT = (("siemens", 12, True), ("ge", 13, False), ("toshiba", 15, False), ("canon", 15, True),
          ("philips", 16, False))  # fmt: skip
"""Layout, size in pixels and smoothed edges of scanners that are taught; the font is Pillow's."""

_OTHER = 7
"""By how many pixels letters nobody has taught are larger than those that are."""


@pytest.fixture(scope="module")
def bench() -> Any:
    """Return the module that draws, damages and compares."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(BENCH))
        yield importlib.import_module("screens")


def read(bench: Any, *, only: str, screens: int, taught: bool = True) -> list[Any]:
    """Return the results of all scanners."""
    found: list[Any] = []
    for layout, size, smooth in TAUGHT:
        font = bench.Font("", size if taught else size + _OTHER, smooth, taught)
        job = bench.Job(layout, font, "", screens, SEED, only, "")
        found += bench.work(job)[0]
    return found


def outcomes(results: list[Any]) -> Counter[str]:
    return Counter(one.outcome for one in results)


def wrong(results: list[Any]) -> list[str]:
    return [f"{one.name}: {one.why}" for one in results if one.outcome == "WRONG"]


def test_nothing_wrong_is_believed_whatever_happens_to_screens(bench: Any) -> None:
    results = read(bench, only="", screens=8)
    assert not wrong(results)
    assert {one.kind for one in results if one.outcome == "right"} > {"lossless"}


def test_taught_screens_without_loss_are_read_without_a_person(bench: Any) -> None:
    results = read(bench, only="lossless", screens=4)
    assert not wrong(results)
    assert outcomes(results)["right"] >= 0.9 * len(results)


def test_fonts_nobody_has_taught_end_in_the_trainer(bench: Any) -> None:
    results = read(bench, only="lossless", screens=1, taught=False)
    assert outcomes(results) == {"glyphs": len(results)}


def test_the_comparison_tells_a_changed_value(bench: Any) -> None:
    table = ScreenTable(layout="ge", rows=(ScanRow(ctdivol_mgy=3.1, dlp_mgycm=31.0),))
    other = ScreenTable(layout="ge", rows=(ScanRow(ctdivol_mgy=8.1, dlp_mgycm=31.0),))
    assert bench.differences(table, table) == ([], [])
    assert bench.differences(other, table) == (
        ["row 0 ctdivol_mgy: 3.1 read as 8.1"], [],
    )  # fmt: skip
