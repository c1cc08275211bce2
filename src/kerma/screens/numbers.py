"""Numbers as screens print them; what is not wholly a number of the expected form is none."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from kerma.records.base import Record
from kerma.screens.letters import Letters, letters_of
from kerma.screens.page import Page, Word

_LOOKS_LIKE = {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"}
_NUMBER = re.compile(r"([+-]?)(0|[1-9][0-9]{0,5})(?:([.,])([0-9]{1,4}))?")
_TORN = 1.35
"""Distance of two digits, in that of most, from which on something stood between them. Fonts give
digits one width, and a point or comma at least half of it; a thin 1 and whole pixels shift the
middle of a digit by less than a third."""
_SEPARATED = re.compile(r"[+-]?[0-9]+([.,])[0-9]{1,2}(?![0-9])")


class Style(Record, frozen=True):
    """How one screen prints its numbers."""

    separator: str = "."
    """Between the digits before and after the decimal point; "" if the screen mixes two."""
    letters: tuple[tuple[str, str], ...] = ()
    """Letters that are digits here: the glyphs of the screen have no other one for the digit."""
    pitch: float = 0.0
    """Pixels from the middle of a digit to that of the next; 0 if no two stand together."""


def style_of(pages: Sequence[Page], words: Sequence[Word]) -> Style:
    """Return how the pages print numbers.

    Parameters
    ----------
    words
        Of the table; the rest of the page has dates and versions.
    """
    known = {letter for page in pages for letter in page.letters}
    known = known or {letter for page in pages for line in page.lines for letter in line.text}
    letters = tuple((one, digit) for one, digit in _LOOKS_LIKE.items() if digit not in known)
    found = {match[1] for word in words if (match := _SEPARATED.match(word.text))}
    separator = {frozenset(): ".", frozenset("."): ".", frozenset(","): ","}
    steps = [step for word in words for step in _steps(letters_of([word]))]
    return Style(
        separator=separator.get(frozenset(found), ""),
        letters=letters,
        pitch=median(steps) if steps else 0.0,
    )


def is_torn(letters: Letters, style: Style) -> bool:
    """Whether two digits are so far apart that a point or a digit between them may be lost."""
    return bool(style.pitch) and any(step > _TORN * style.pitch for step in _steps(letters))


def _steps(letters: Letters) -> Iterator[float]:
    """Yield the distances in pixels of digits that follow each other.

    Letters that touch share one place, which says nothing of each.
    """
    places = Counter(letter.box for letter in letters)
    for one, after in pairwise(letters):
        are_digits = one.text.isdigit() and after.text.isdigit()
        if are_digits and places[one.box] == places[after.box] == 1:
            yield after.box.x - one.box.x + (after.box.width - one.box.width) / 2


def digits(text: str, style: Style) -> str:
    """Return `text` with the letters that are digits on this screen as digits."""
    return text.translate({ord(letter): digit for letter, digit in style.letters})


def number(
    text: str, style: Style, places: Sequence[int] = (0,), *, signed: bool = False
) -> float | None:
    """Return the number that is the whole of `text`.

    Parameters
    ----------
    places
        How many decimals the screen may print here.
    signed
        Whether it must have a sign; zero needs none.

    Returns
    -------
    float or None
        None for anything else: an unknown glyph, a lost or a foreign decimal point, leading
        zeros, separated thousands.
    """
    match = _NUMBER.fullmatch(digits(text, style))
    if match is None or (match[1] and not signed):
        return None
    if match[3] and match[3] != style.separator:
        return None
    if len(match[4] or "") not in places:
        return None
    value = float(f"{match[1]}{match[2]}.{match[4] or 0}")
    return None if signed and value and not match[1] else value


def decimals(text: str) -> int:
    """Return how many digits are behind the decimal point or comma."""
    return len(re.split(r"[.,]", text)[1]) if re.search(r"[.,]", text) else 0
