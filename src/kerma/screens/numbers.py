"""Numbers as screens print them; what is not wholly a number of the expected form is none."""

import re
from collections.abc import Sequence

from kerma.records.base import Record
from kerma.screens.page import Page, Word

_LOOKS_LIKE = {"O": "0", "o": "0", "l": "1", "I": "1", "|": "1"}
_NUMBER = re.compile(r"([+-]?)(0|[1-9][0-9]{0,5})(?:([.,])([0-9]{1,4}))?")
_SEPARATED = re.compile(r"[+-]?[0-9]+([.,])[0-9]{1,2}(?![0-9])")


class Style(Record, frozen=True):
    """How one screen prints its numbers."""

    separator: str = "."
    """Between the digits before and after the decimal point; "" if the screen mixes two."""
    letters: tuple[tuple[str, str], ...] = ()
    """Letters that are digits here: the glyphs of the screen have no other one for the digit."""


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
    return Style(separator=separator.get(frozenset(found), ""), letters=letters)


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
