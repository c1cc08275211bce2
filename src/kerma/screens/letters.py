"""Words as a row of letters, each with its place, so that a part of a word can be a cell."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from kerma.screens.key_words import fold, phrase
from kerma.screens.page import Box, Word
from kerma.screens.reading import Cell

UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_LITTLE = 0.6
"""Of the height of a letter: a gap up to this may be within a number."""
_OF_NUMBERS = frozenset("0123456789.,-OolI|" + UNKNOWN)


class Letter(NamedTuple):
    """One letter in its place."""

    text: str
    box: Box
    exact: bool
    word: int
    """Which of the words it belongs to."""


Letters = tuple[Letter, ...]


def letters_of(words: Iterable[Word]) -> Letters:
    """Return the letters of the words, without spaces."""
    return tuple(letter for place, word in enumerate(words) for letter in _of_word(word, place))


def text_of(letters: Iterable[Letter]) -> str:
    """Return the letters as text; between words there is no space."""
    return "".join(letter.text for letter in letters)


def cell_of(name: str, letters: Sequence[Letter], page: int, text: str | None = None) -> Cell:
    """Return the letters as a cell.

    Parameters
    ----------
    text
        What the cell says; None for the letters as they are.
    """
    return Cell(
        name=name,
        text=text_of(letters) if text is None else text,
        page=page,
        box=union([letter.box for letter in letters]),
        exact=all(letter.exact and letter.text != UNKNOWN for letter in letters),
    )


def union(boxes: Sequence[Box], margin: int = 0) -> Box:
    """Return the smallest box around all, and `margin` pixels more on every side."""
    if not boxes:
        return Box(0, 0, 0, 0)
    left = min(box.x for box in boxes) - margin
    top = min(box.y for box in boxes) - margin
    right = max(box.x + box.width for box in boxes) + margin
    bottom = max(box.y + box.height for box in boxes) + margin
    left, top = max(left, 0), max(top, 0)
    return Box(left, top, right - left, bottom - top)


def after(letters: Letters, phrases: Iterable[str]) -> Letters | None:
    """Return what follows one of the phrases and its colon; None if none is there.

    A phrase begins at the beginning of a word; the longest one wins.
    """
    folded = [fold(letter.text) for letter in letters]
    ends = [end for one in phrases if (end := _end_of(letters, folded, phrase(one))) is not None]
    if not ends:
        return None
    return drop_while(letters[max(ends) :], lambda text: text in ":=.*")


def leading_number(letters: Letters) -> Letters:
    """Return the letters up to a gap or the first one that no number has."""
    run = leading_run(letters)
    for place, letter in enumerate(run):
        if letter.text not in _OF_NUMBERS:
            return run[:place]
    return run


def spaced(letters: Letters) -> str:
    """Return the letters as text, with a space between words."""
    words: dict[int, str] = {}
    for letter in letters:
        words[letter.word] = words.get(letter.word, "") + letter.text
    return " ".join(words.values())


def leading_run(letters: Letters) -> Letters:
    """Return the letters up to the first real gap: around a thin "1" there may be a little one."""
    for place, (one, other) in enumerate(pairwise(letters), 1):
        gap = other.box.x - one.box.x - one.box.width
        if one.word != other.word and gap > _LITTLE * max(one.box.height, other.box.height):
            return letters[:place]
    return letters


def drop_while(letters: Letters, unwanted: Callable[[str], bool]) -> Letters:
    """Return the letters from the first one on that is wanted."""
    for place, letter in enumerate(letters):
        if not unwanted(letter.text):
            return letters[place:]
    return ()


def _of_word(word: Word, place: int) -> Letters:
    """Return its letters; they share the width of the word evenly where glyphs do not say."""
    pairs = [(seen.text or UNKNOWN, seen.box, seen.exact) for seen in word.glyphs]
    if "".join(text for text, _, _ in pairs) != word.text:
        pairs = _evenly(word)
    return tuple(Letter(letter, box, exact, place) for text, box, exact in pairs for letter in text)


def _evenly(word: Word) -> list[tuple[str, Box, bool]]:
    box, count = word.box, max(len(word.text), 1)
    edges = [box.x + box.width * place // count for place in range(count + 1)]
    exact = word.is_exact
    return [
        (letter, Box(left, box.y, max(right - left, 1), box.height), exact)
        for letter, left, right in zip(word.text, edges, edges[1:], strict=False)
    ]


def _end_of(letters: Letters, folded: Sequence[str], wanted: str) -> int | None:
    """Return where the phrase ends, or None; letters that are only signs are passed over."""
    for start in range(len(letters)):
        if start and letters[start].word == letters[start - 1].word:
            continue
        end = _match(folded, start, wanted)
        if end is not None:
            return end
    return None


def _match(folded: Sequence[str], start: int, wanted: str) -> int | None:
    rest, place = wanted, start
    while rest:
        if place == len(folded) or not rest.startswith(folded[place]):
            return None
        rest, place = rest[len(folded[place]) :], place + 1
    return place
