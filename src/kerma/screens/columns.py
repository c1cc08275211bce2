"""Headings of a table and what stands under them, by place and not by counting words."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from kerma.screens.key_words import fold, phrase
from kerma.screens.page import Line, Word

_IN_BRACKETS = re.compile(r"(.*?)[(\[]([^()\[\]]*)[)\]]?\*?")
_SIGNS = re.compile(r"[\s*·•.,x×()\[\]-]")
_LONGEST = 5
"""No heading has more words."""
_SPACE, _WIDE_SPACE = 1.3, 1.7
"""Between the words of one heading, at most: in heights of a line, or in widths of its letters if
that is more. Where letters have one pitch, points and narrow letters leave room on both sides."""
MGY, MGYCM = "mgy", "mgycm"
_UNITS = frozenset(
    (MGY, MGYCM, "s", "sec", "mm", "cm", "ma", "mas", "kv", "kvp", "%", "ml", "ml/s", "mg/ml")
)


STRANGE = "?"


class Column(NamedTuple):
    """One heading and the width it takes."""

    name: str
    """"" for a heading whose values are not wanted, `STRANGE` for one that nobody knows."""
    left: int
    right: int
    unit: str = ""
    """As `plain_unit` returns it; "" if the heading has none."""


def plain_unit(text: str) -> str:
    """Return a unit without brackets and signs of multiplication: "(mGy*cm)" is "mgycm".

    Compression may part an m into r and n; no unit has these.
    """
    return _SIGNS.sub("", text.casefold()).replace("rn", "m")


def headings(words: Sequence[Word], names: Mapping[str, Sequence[str]]) -> tuple[Column, ...]:
    """Return the headings of a line.

    Parameters
    ----------
    names
        Name of each column -> the headings it goes by.
    """
    known = {phrase(text) or text: name for name, texts in names.items() for text in texts}
    space = _space(words)
    found: list[Column] = []
    place = 0
    while place < len(words):
        column, count = _heading(_close(words[place:], space), known)
        unit = _bare_unit(words[place].text) if column.name == STRANGE else ""
        if unit and found:
            right = words[place].box.x + words[place].box.width
            found[-1] = found[-1]._replace(right=right, unit=found[-1].unit or unit)
        else:
            found.append(column)
        place += count
    return tuple(found)


def are_complete(columns: Sequence[Column], needed: frozenset[str]) -> bool:
    """Whether the needed headings are there, and no wanted one twice."""
    names = [column.name for column in columns if column.name not in ("", STRANGE)]
    return needed <= set(names) and len(set(names)) == len(names)


def with_units(columns: Sequence[Column], words: Sequence[Word]) -> tuple[Column, ...] | None:
    """Return the columns with the units of the line below; None if it is no line of units."""
    if not words or any(re.search(r"[0-9]", word.text) for word in words):
        return None
    under = in_columns(words, columns)
    units = [plain_unit("".join(word.text for word in some)) for some in under.values()]
    if 2 * sum(unit in _UNITS for unit in units) <= len(units):
        return None
    return tuple(
        column._replace(unit=column.unit or plain_unit("".join(w.text for w in under[place])))
        if place in under
        else column
        for place, column in enumerate(columns)
    )


def is_scan(line: Line) -> bool:
    """Whether at least half of the words, and more than four in all, are values."""
    values = sum(bool(re.match(r"[0-9+-]", word.text)) for word in line.words)
    return 2 * values >= len(line.words) > 4


def settled(columns: Sequence[Column], lines: Sequence[Line]) -> tuple[Column, ...]:
    """Return the columns as wide as the values that stand under one heading and no other.

    Values are set flush left, flush right or in the middle, so that one may stand beside its
    heading; those of other lines show where it belongs.
    """
    edges = [(column.left, column.right) for column in columns]
    for word in (word for line in lines if is_scan(line) for word in line.words):
        left, right = word.box.x, word.box.x + word.box.width
        under = [n for n, one in enumerate(columns) if left < one.right and one.left < right]
        if len(under) == 1:
            low, high = edges[under[0]]
            edges[under[0]] = (min(low, left), max(high, right))
    return tuple(
        column._replace(left=left, right=right)
        for column, (left, right) in zip(columns, edges, strict=True)
    )


def in_columns(words: Sequence[Word], columns: Sequence[Column]) -> dict[int, list[Word]]:
    """Return the words under each column: the one they stand under most, or stand nearest to."""
    under: dict[int, list[Word]] = {}
    for word in words:
        left, right = word.box.x, word.box.x + word.box.width
        gaps = [max(column.left, left) - min(column.right, right) for column in columns]
        under.setdefault(gaps.index(min(gaps)), []).append(word)
    return under


def _space(words: Sequence[Word]) -> float:
    """Return the widest gap in pixels that may be within a heading."""
    height = max((word.box.height for word in words), default=0)
    letters = sum(len(word.text) for word in words)
    width = sum(word.box.width for word in words) / max(letters, 1)
    return max(_SPACE * height, _WIDE_SPACE * width)


def _close(words: Sequence[Word], space: float) -> Sequence[Word]:
    """Return the first words with no more than `space` between them, at most `_LONGEST`."""
    for count, (one, after) in enumerate(pairwise(words[:_LONGEST]), 1):
        if after.box.x - one.box.x - one.box.width > space:
            return words[:count]
    return words[:_LONGEST]


def _heading(words: Sequence[Word], known: Mapping[str, str]) -> tuple[Column, int]:
    """Return the heading that begins here, and how many words it has."""
    left = words[0].box.x
    longest = len(words) if fold(words[0].text) else 1
    for count in range(longest, 0, -1):
        text = "".join(word.text for word in words[:count])
        match = _IN_BRACKETS.fullmatch(text)
        plain, unit = (match[1], match[2]) if match else (text, "")
        right = words[count - 1].box.x + words[count - 1].box.width
        whole = fold(text) or text
        if whole in known:
            return Column(known[whole], left, right), count
        if plain and fold(plain) in known:
            return Column(known[fold(plain)], left, right, plain_unit(unit)), count
    return Column(STRANGE, left, left + words[0].box.width), 1


def _bare_unit(text: str) -> str:
    """Return the unit if the word is nothing else; whatever is in brackets counts as one."""
    plain = plain_unit(text)
    return plain if plain in _UNITS or re.fullmatch(r"[(\[].+[)\]]\*?", text) else ""
