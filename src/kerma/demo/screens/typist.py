"""A typist who never errs: screens of which is known what is written in, the set of glyphs out."""

from collections.abc import Iterable, Sequence

from kerma.demo.screens.drawing import Colours, Letter, Screen, pictured
from kerma.demo.screens.pens import Pen, width
from kerma.demo.screens.sheet import Sheet
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.page import Box, Seen
from kerma.screens.picture import Picture
from kerma.screens.recognise import recognise
from kerma.screens.train import GlyphConflict, with_glyph

LETTERS = (
    "0123456789.,:;-+*/=()<>&#%_^",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "abcdefghijklmnopqrstuvwxyz",
    "ÄÖÜßäöüéèêàóñç°²",
)


def training_sheet(pen: Pen) -> Sheet:
    """Return a sheet with every letter, each beside one that gives it its base line."""
    sheet = Sheet(lambda text: width(pen, text))
    step = 3 * max(pen.shape("M").advance, pen.shape("0").advance)
    for line in LETTERS:
        for place, letter in enumerate(line):
            sheet.write(letter, place * step, stay=True)
            sheet.write("E", place * step + step // 2, stay=True)
        sheet.line += 1
    return sheet


def trained(
    pen: Pen,
    known: GlyphSet,
    screens: Iterable[Screen] = (),
    colours: Colours | None = None,
) -> GlyphSet:
    """Return the set with what a person would type who is shown all letters and the `screens`."""
    for screen in (pictured(training_sheet(pen), pen, colours or Colours()), *screens):
        known = typed(screen, known)
    return known


def typed(screen: Screen, known: GlyphSet) -> GlyphSet:
    """Return the set with the unknown shapes of one screen typed; "" for what is no letter."""
    page = recognise(Picture(screen.gray), [known])
    boxes = [one.box for line in page.lines for word in line.words for one in word.glyphs]
    for seen in page.unknown:
        try:
            known = with_glyph(known, seen.glyph, _own_text(seen.box, screen.letters, boxes))
        except GlyphConflict:
            continue
    return known


def _own_text(box: Box, letters: Sequence[Letter], boxes: Sequence[Box]) -> str:
    """Return the letters in `box`; one that has a smaller box is named there.

    A T may hang together with the dot of an i, the stem of which stands alone.
    """
    text = text_at(box, letters)
    if len(text) < 2:
        return text
    smaller = [one for one in boxes if one.width * one.height < box.width * box.height]
    own = [one for one in letters if not any(_middle_in(one.box, other) for other in smaller)]
    return text_at(box, own) or text


def text_at(box: Box, letters: Sequence[Letter]) -> str:
    """Return the letters whose ink has its middle in `box`, from left to right."""
    inside = [one for one in letters if _middle_in(one.box, box)]
    return "".join(one.text for one in sorted(inside, key=lambda one: one.box.x))


def misread(seen: Seen, letters: Sequence[Letter]) -> tuple[str, str] | None:
    """Return what is written and what was read, if they differ; unknown shapes are read as ""."""
    truth = text_at(seen.box, letters)
    return None if truth == seen.text else (truth, seen.text)


def _middle_in(letter: Box, box: Box) -> bool:
    x, y = letter.x + letter.width / 2, letter.y + letter.height / 2
    return box.x <= x < box.x + box.width and box.y - 1 <= y <= box.y + box.height + 1
