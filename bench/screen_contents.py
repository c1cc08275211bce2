"""Screens whose contents are wrong: what a scanner, a network or a hand can do to a study."""

import random
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from msgspec.structs import replace

from kerma.demo.screens.drawing import Screen
from kerma.screens.reading import ScanRow, ScreenTable

TOTALS = ("total_dlp_mgycm", "total_dlp_head_mgycm", "total_dlp_body_mgycm")


class Case(NamedTuple):
    """What is drawn, and how it arrives."""

    table: ScreenTable
    """What stands on the screens."""
    screens: tuple[Screen, ...] = ()
    patient_id: str = "4711"
    """Of the header."""


Draw = Callable[[ScreenTable], tuple[Screen, ...]]


def digit_changed(value: float, chance: random.Random) -> float:
    """Return the number with another digit in front of the point."""
    text = f"{value:.2f}"
    whole = text.split(".")[0]
    place = chance.randrange(len(whole))
    others = [d for d in "123456789" if d != text[place]]
    return float(text[:place] + chance.choice(others) + text[place + 1 :])


def _clearly_changed(value: float, table: ScreenTable, chance: random.Random) -> float:
    """Return the number with another digit, by more than the sum of all rows may be rounded.

    Each row and the total may be half a unit off; another digit within that shows nothing wrong.
    """
    changed = longer = value
    while abs(changed - value) <= (len(table.rows) + 1) / 2:
        changed = digit_changed(longer, chance)
        longer *= 10 if longer < 100 else 1
    return changed


def _with_row(table: ScreenTable, place: int, row: ScanRow) -> ScreenTable:
    return replace(table, rows=(*table.rows[:place], row, *table.rows[place + 1 :]))


def _scan(table: ScreenTable, chance: random.Random) -> int:
    """Return the place of a row with a dose."""
    return chance.choice([n for n, row in enumerate(table.rows) if row.dlp_mgycm])


def _dlp_changed(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    place = _scan(table, chance)
    row = table.rows[place]
    changed = replace(row, dlp_mgycm=_clearly_changed(row.dlp_mgycm or 0, table, chance))
    wrong = _with_row(table, place, changed)
    return Case(wrong, draw(wrong))


def _total_changed(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    name = chance.choice([name for name in TOTALS if getattr(table, name)])
    wrong = replace(table, **{name: _clearly_changed(getattr(table, name), table, chance)})
    return Case(wrong, draw(wrong))


def _row_missing(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    place = _scan(table, chance)
    wrong = replace(table, rows=(*table.rows[:place], *table.rows[place + 1 :]))
    return Case(wrong, draw(wrong))


def _phantoms_swapped(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    """Change the phantom of one row; its total is then of the other one (Toshiba, Canon)."""
    place = _scan(table, chance)
    row = table.rows[place]
    other = replace(row, phantom_mm={160: 320, 320: 160}.get(row.phantom_mm or 0))
    wrong = _with_row(table, place, other)
    return Case(wrong, draw(wrong))


def _points_lost(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    """Take every point and comma off the picture; then nothing of it may be believed."""
    return Case(ScreenTable(layout=""), tuple(_without(one, ".,") for one in draw(table)))


def _without(screen: Screen, letters: str) -> Screen:
    gray = screen.gray.copy()
    ground = np.bincount(gray.ravel()).argmax()
    for text, box in screen.letters:
        if text in letters:
            # The smoothed edge above and below a point, paler than half, is not in its box.
            gray[max(box.y - 1, 0) : box.y + box.height + 1, box.x : box.x + box.width] = ground
    return Screen(gray, tuple(one for one in screen.letters if one.text not in letters))


def _digit_painted(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    """Put a blot over one digit somewhere on the picture.

    Nothing is to be believed then, unless it hit a digit that is of no dose.
    """
    screens = list(draw(table))
    page = chance.randrange(len(screens))
    gray = screens[page].gray.copy()
    box = chance.choice([one.box for one in screens[page].letters if one.text in "0123456789"])
    x = box.x + chance.randrange(max(box.width - 1, 1))
    level = chance.choice((gray.max(), np.bincount(gray.ravel()).argmax()))
    gray[box.y : box.y + box.height, x : x + 2] = level
    screens[page] = screens[page]._replace(gray=gray)
    return Case(table, tuple(screens))


def _another_patient(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    return Case(table, draw(table), patient_id="0815")


def _page_missing(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    """Leave one page out; a study of one page keeps it."""
    screens = list(draw(table))
    if len(screens) > 1:
        screens.pop(chance.randrange(len(screens)))
        return Case(ScreenTable(layout=""), tuple(screens))
    return Case(table, tuple(screens))


def _pages_mixed(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    """Send the pages in another order, one of them twice."""
    screens = list(draw(table))
    screens.append(chance.choice(screens))
    chance.shuffle(screens)
    return Case(table, tuple(screens))


def _other_study(table: ScreenTable, draw: Draw, chance: random.Random) -> Case:
    """Put the screen of another study of the same patient beside it: no table may come out."""
    place = _scan(table, chance)
    row = table.rows[place]
    changed = replace(row, ctdivol_mgy=digit_changed(row.ctdivol_mgy or 0, chance))
    return Case(ScreenTable(layout=""), (*draw(table), *draw(_with_row(table, place, changed))))


CONTENTS: dict[str, Callable[[ScreenTable, Draw, random.Random], Case]] = {
    "DLP changed": _dlp_changed,
    "total changed": _total_changed,
    "row missing": _row_missing,
    "phantom changed": _phantoms_swapped,
    "points lost": _points_lost,
    "digit blotted": _digit_painted,
    "another patient": _another_patient,
    "page missing": _page_missing,
    "pages mixed": _pages_mixed,
    "two studies": _other_study,
}

NOT_TO_BELIEVE = frozenset(
    ("DLP changed", "total changed", "row missing", "points lost", "another patient", "two studies")
)
"""What every screen of the maker shows to be wrong by itself, or against the header."""
