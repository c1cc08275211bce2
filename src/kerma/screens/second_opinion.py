"""What a neural text reader sees on dose screens that a person has to look at anyway.

It uses the optional extra `ocr` (rapidocr with the models that its package carries). What it says
is shown beside the first reading and never believed: it reads any font, and now and then takes a
point for nothing or a 1 for a 7.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from msgspec.structs import replace

from kerma.screens.page import Box, Glyph, Line, Page, Seen, Word
from kerma.screens.picture import Picture
from kerma.screens.read import table_of
from kerma.screens.reading import Reading, Scanner, ScanRow, ScreenTable
from kerma.screens.recognise import shapes

NAME = "rapidocr"
"""As `Reading.glyph_set` of what it read."""

HOW_TO_GET_IT = (
    "A second reading is shown beside the first one where the extra “ocr” is installed: "
    "pip install 'kerma[ocr]', then start the worker anew."
)

_MOST_SIDE = 2000
"""Pixels; a larger picture is no dose screen, and would hold up the worker for minutes."""
_MOST_PAGES = 8
_AGREED = 2 / 3
"""Share of the places of a shape at which the same letter must be seen before it is proposed."""


def is_installed() -> bool:
    """Whether there is a second opinion on this machine, without loading it."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def read(pictures: Sequence[Picture], scanner: Scanner, first: Reading) -> Reading | None:
    """Return what the second reader says of the pictures of a study.

    Parameters
    ----------
    first
        What the glyph matcher says of them.

    Returns
    -------
    Reading or None
        None if it is not installed. The table has the rows of that of `first`, in its order, those
        that were not found again without values; or all rows, if `first` has no table. `unknown`
        holds glyphs of `first.unknown` with the text that is proposed for them, `exact` False.
        It holds no doubts: nobody may take it for a table that was checked.
    """
    if not is_installed():
        return None
    if len(pictures) > _MOST_PAGES:
        return Reading(glyph_set=NAME, trouble="There are too many pictures for a second reading.")
    pages = [second_page(picture) for picture in pictures]
    table = table_of(pages, scanner).table
    if table is not None:
        table = replace(_like(table, first.table), patient_id="", comment="", strange=())
    return Reading(
        table=table,
        unknown=proposals(pictures, pages, first),
        glyph_set=NAME,
        trouble="" if table else "The second reading finds no table.",
    )


def second_page(picture: Picture) -> Page:
    """Return the words that the second reader sees, without glyphs."""
    height, width = picture.gray.shape
    if max(height, width) > _MOST_SIDE:
        return Page(width=width, height=height, lines=(), trouble="The picture is too large.")
    found = _engine()(np.ascontiguousarray(np.repeat(picture.gray[..., np.newaxis], 3, axis=2)))
    if found.boxes is None:
        return Page(width=width, height=height, lines=(), glyph_set=NAME)
    words = [word for group in found.word_results for word in _words(group)]
    return Page(width=width, height=height, lines=tuple(_lines(words)), glyph_set=NAME)


def proposals(
    pictures: Sequence[Picture], pages: Sequence[Page], first: Reading
) -> tuple[tuple[int, Seen], ...]:
    """Return unknown glyphs of the first reading with what they may stand for, each once."""
    votes: dict[Glyph, Counter[str]] = defaultdict(Counter)
    asked = {seen.glyph for _, seen in first.unknown}
    for number in sorted({number for number, _ in first.unknown if number < len(pages)}):
        for seen, letter in _letters(shapes(pictures[number]), pages[number]):
            if seen.glyph in asked:
                votes[seen.glyph][letter] += 1
    return tuple(_proposed(first.unknown, votes))


def _proposed(
    unknown: Iterable[tuple[int, Seen]], votes: dict[Glyph, Counter[str]]
) -> Iterator[tuple[int, Seen]]:
    done: set[Glyph] = set()
    for page, seen in unknown:
        if seen.glyph in done or seen.glyph not in votes:
            continue
        done.add(seen.glyph)
        [(letter, times)] = votes[seen.glyph].most_common(1)
        if times >= _AGREED * votes[seen.glyph].total():
            yield page, replace(seen, text=letter, exact=False)


def _letters(seen: Sequence[Seen], page: Page) -> Iterator[tuple[Seen, str]]:
    """Yield shapes with their letters, in words that have as many shapes as letters."""
    for line in page.lines:
        for word in line.words:
            inside = sorted((one for one in seen if _is_in(one.box, word.box)), key=_left)
            if len(inside) == len(word.text):
                yield from zip(inside, word.text, strict=True)


def _left(seen: Seen) -> int:
    return seen.box.x


def _is_in(box: Box, outer: Box) -> bool:
    x, y = box.x + box.width / 2, box.y + box.height / 2
    return outer.x <= x < outer.x + outer.width and outer.y <= y < outer.y + outer.height


def _words(group: Iterable[tuple[str, float, list[list[int]] | None]]) -> Iterator[Word]:
    for text, _, corners in group:
        if corners is not None and text.strip():
            across, down = zip(*corners, strict=True)
            x, y = int(min(across)), int(min(down))
            box = Box(x, y, int(max(across)) - x, int(max(down)) - y)
            yield Word(text=text.strip(), box=box)


def _lines(words: list[Word]) -> Iterator[Line]:
    """Yield the words in lines: together stand those whose middles are less than half apart."""
    waiting = sorted(words, key=lambda word: word.box.y + word.box.height / 2)
    while waiting:
        middle = waiting[0].box.y + waiting[0].box.height / 2
        reach = middle + waiting[0].box.height / 2
        line = [word for word in waiting if word.box.y + word.box.height / 2 <= reach]
        waiting = waiting[len(line) :]
        line.sort(key=lambda word: word.box.x)
        yield Line(words=tuple(line), box=_around([word.box for word in line]))


def _around(boxes: Sequence[Box]) -> Box:
    x, y = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    below = max(box.y + box.height for box in boxes)
    return Box(x, y, right - x, below - y)


def _like(table: ScreenTable, first: ScreenTable | None) -> ScreenTable:
    """Return the table with its rows where the first table has them."""
    if first is None or len(first.rows) == len(table.rows):
        return table
    rows = [ScanRow() for _ in first.rows]
    for place, row in _same(first.rows, table.rows):
        rows[place] = row
    return replace(table, rows=tuple(rows))


def _same(ours: Sequence[ScanRow], theirs: Sequence[ScanRow]) -> Iterator[tuple[int, ScanRow]]:
    """Yield places in `ours` with the rows found again: as many as can be, in order."""
    many = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for i, j in product(reversed(range(len(ours))), reversed(range(len(theirs)))):
        together = many[i + 1][j + 1] + _is_alike(ours[i], theirs[j])
        many[i][j] = max(together, many[i + 1][j], many[i][j + 1])
    i = j = 0
    while i < len(ours) and j < len(theirs):
        if _is_alike(ours[i], theirs[j]) and many[i][j] == many[i + 1][j + 1] + 1:
            yield i, theirs[j]
            i, j = i + 1, j + 1
        elif many[i + 1][j] >= many[i][j + 1]:
            i += 1
        else:
            j += 1


def _is_alike(one: ScanRow, other: ScanRow) -> bool:
    """Whether two rows have a dose in common, or neither has any."""
    doses = [(one.ctdivol_mgy, other.ctdivol_mgy), (one.dlp_mgycm, other.dlp_mgycm)]
    if any(ours is not None and ours == theirs for ours, theirs in doses):
        return True
    return not any(dose is not None for pair in doses for dose in pair)


@cache
def _engine() -> Any:
    """Load the reader with the models beside it: it would fetch others from the network."""
    rapidocr = import_module("rapidocr")
    models = Path(rapidocr.__file__ or "").parent / "models"
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return rapidocr.RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Global.return_word_box": True,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "Det.model_path": str(next(models.glob("*_det_*.onnx"))),
            "Rec.model_path": str(next(models.glob("*_rec_*.onnx"))),
        }
    )
