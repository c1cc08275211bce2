"""Key words of dose screens, compared so that letters which look alike count as one."""

import unicodedata
from collections.abc import Iterable
from functools import cache

_ALIKE = str.maketrans({"l": "i", "1": "i", "|": "i", "ı": "i", "0": "o"})
"""Letters that some fonts of scanners draw alike, and that are typed as one or the other."""


def fold(text: str) -> str:
    """Return `text` without case, accents, spaces and signs, and with look-alikes as one letter.

    Only for words: "10" and "lO" are the same here.
    """
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_ALIKE)
    return "".join(letter for letter in plain if letter.isalnum())


@cache
def phrase(text: str) -> str:
    """Return `fold(text)` of a phrase that is asked for on every page; none that was read on one.

    What was read may be a name, and is not kept.
    """
    return fold(text)


def starts_with(text: str, phrases: Iterable[str]) -> bool:
    """Whether `text` begins with one of the phrases."""
    folded = fold(text)
    return any(folded.startswith(phrase(one)) for one in phrases)


def contains(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases is somewhere in `text`."""
    folded = fold(text)
    return any(phrase(one) in folded for one in phrases)


def is_one_of(text: str, phrases: Iterable[str]) -> bool:
    """Whether `text` is one of the phrases."""
    folded = fold(text)
    return any(folded == phrase(one) for one in phrases)
