"""Screens drawn by hand: a font of 5 × 7 pixels, and fonts that are at hand everywhere."""

from functools import cache
from importlib.resources import files
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kerma.screens.glyph_set import GlyphSet
from kerma.screens.page import Page
from kerma.screens.picture import Picture
from kerma.screens.recognise import recognise
from kerma.screens.train import with_glyph

Gray = NDArray[np.uint8]

FONT = {
    "0": "01110 10001 10011 10101 11001 10001 01110",
    "1": "00100 01100 00100 00100 00100 00100 01110",
    "2": "01110 10001 00001 00010 00100 01000 11111",
    "3": "11111 00010 00100 00010 00001 10001 01110",
    "4": "00010 00110 01010 10010 11111 00010 00010",
    "5": "11111 10000 11110 00001 00001 10001 01110",
    "6": "00110 01000 10000 11110 10001 10001 01110",
    "7": "11111 00001 00010 00100 01000 01000 01000",
    "8": "01110 10001 10001 01110 10001 10001 01110",
    "9": "01110 10001 10001 01111 00001 00010 01100",
    "O": "01110 10001 10001 10001 10001 10001 01110",
    "D": "11110 10001 10001 10001 10001 10001 11110",
    "L": "10000 10000 10000 10000 10000 10000 11111",
    "P": "11110 10001 10001 11110 10000 10000 10000",
    "R": "11110 10001 10001 11110 10100 10010 10001",
    "F": "11111 10000 10000 11110 10000 10000 10000",
    "E": "11111 10000 10000 11110 10000 10000 11111",
    "i": "00000 00100 00000 00100 00100 00100 00100",
    "%": "11001 11001 00010 00100 01000 10011 10011",
    ".": "00000 00000 00000 00000 00000 01100 01100",
    "·": "00000 00000 00110 00110 00000 00000 00000",
    "'": "01100 01100 00000 00000 00000 00000 00000",
    "-": "00000 00000 00000 11111 00000 00000 00000",
    "_": "00000 00000 00000 00000 00000 00000 11111",
    ":": "00000 01100 01100 00000 01100 01100 00000",
    "=": "00000 00000 11111 00000 11111 00000 00000",
    " ": "00000 00000 00000 00000 00000 00000 00000",
}
ALL = ["0123456789", "ODLPRFEi%", ". E- E: E="]


def letter(sign: str) -> NDArray[np.bool_]:
    """Return a letter of the font, shape (7, 5)."""
    return np.array([[bit == "1" for bit in row] for row in FONT[sign].split()])


def screen(
    lines: list[str], ink: int = 255, paper: int = 0, shape: tuple[int, int] = (200, 300)
) -> Gray:
    """Return a screen with the lines in the font of 5 × 7 pixels, pitch 6 × 11."""
    gray = np.full(shape, paper, np.uint8)
    for row, line in enumerate(lines):
        for column, sign in enumerate(line):
            place = gray[10 + 11 * row :, 10 + 6 * column :][:7, :5]
            place[letter(sign)] = ink
    return gray


@cache
def taught() -> GlyphSet:
    """Return the set of the font, taught letter by letter."""
    known = GlyphSet(name="5x7")
    for sign in "".join(ALL).replace(" ", ""):
        page = recognise(Picture(screen([f"E {sign} E"])), [known])
        for one in page.unknown:
            known = with_glyph(known, one.glyph, sign if 20 < one.box.x < 30 else "E")
    return known


def texts(page: Page) -> list[str]:
    """Return the lines of a page."""
    return [line.text for line in page.lines]


def read(gray: Gray, known: GlyphSet | None = None, *, is_lossy: bool = False) -> list[str]:
    """Return the lines that are read."""
    return texts(recognise(Picture(gray, is_lossy), [known or taught()]))


def noto(size: int) -> ImageFont.FreeTypeFont:
    """Return Noto Sans as the dependencies bring it."""
    path = files("fontpkg_noto_sans").joinpath("files", "NotoSans[wdth,wght].ttf")
    return ImageFont.truetype(
        BytesIO(path.read_bytes()), size, layout_engine=ImageFont.Layout.BASIC
    )


def written(lines: list[str], font: ImageFont.FreeTypeFont, ink: int = 255, paper: int = 0) -> Gray:
    """Return a screen with smoothed text."""
    image = Image.new("L", (512, 40 + 24 * len(lines)), paper)
    drawing = ImageDraw.Draw(image)
    for row, line in enumerate(lines):
        drawing.text((10, 10 + 24 * row), line, fill=ink, font=font)
    return np.asarray(image).copy()


def taught_by(signs: str, font: ImageFont.FreeTypeFont) -> GlyphSet:
    """Return the set of a font, taught letter by letter, each after an E."""
    known = GlyphSet(name="drawn")
    for sign in "E" + signs:
        page = recognise(Picture(written([f"E   {sign}"], font)), [known])
        for one in page.unknown:
            known = with_glyph(known, one.glyph, "E" if one.box.x < 16 else sign)
    return known


def squeezed(gray: Gray, quality: int) -> Gray:
    """Return a picture after JPEG compression."""
    file = BytesIO()
    Image.fromarray(gray).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file).convert("L"))
