"""A text in, the same in parts that one font each can write out, for PDF files.

Bitstream Vera comes with reportlab and writes most Latin letters. What it lacks is written in Noto
Sans (Latin, Greek, Cyrillic), Chinese, Japanese and Korean in fonts that every reader of PDF files
is expected to have, which are named in the file and not put into it.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "Vera", "VeraBd"

_WIDE_LATIN = "NotoSans"
_CHINESE, _JAPANESE, _KOREAN = "STSong-Light", "HeiseiMin-W3", "HYSMyeongJo-Medium"
_SQUARE = "\u25a1"
"""Stands for a letter that no font here has."""

Part = tuple[str, str]
"""Name of a font, and what is written in it."""


def _register_vera() -> None:
    fonts = files("reportlab").joinpath("fonts")
    for name in (REGULAR, BOLD):
        pdfmetrics.registerFont(TTFont(name, str(fonts.joinpath(f"{name}.ttf"))))
    pdfmetrics.registerFontFamily(REGULAR, REGULAR, BOLD, REGULAR, BOLD)


_register_vera()


def parts(text: str) -> list[Part]:
    """Return a text as parts, each with the font for it."""
    text = unicodedata.normalize("NFC", "".join(c if c.isprintable() else " " for c in text))
    if _has(REGULAR, text):
        return [(REGULAR, text)]
    eastern = _eastern(text)
    usual = REGULAR if _has(REGULAR, filter(_is_in_noto, text)) else _WIDE_LATIN
    chosen = [_choice(c, usual, eastern) for c in text]
    return [
        (font, "".join(letter for _, letter in found))
        for font, found in groupby(chosen, key=lambda part: part[0])
    ]


def width(text: str, size: float) -> float:
    """Return how wide a text is, in points."""
    return sum(pdfmetrics.stringWidth(part, font, size) for font, part in parts(text))


def _choice(letter: str, usual: str, eastern: str) -> Part:
    """Return the font for one letter, and what is written."""
    for font in (usual, REGULAR):
        if _has(font, letter):
            return font, letter
    if not _is_wide(letter):
        return REGULAR, _SQUARE
    font = _KOREAN if _is_hangul(letter) else eastern
    _register_eastern(font)
    return font, letter


def _has(font: str, text: Iterable[str]) -> bool:
    known = _letters(font)
    return all(ord(c) in known for c in text)


def _is_in_noto(letter: str) -> bool:
    return _has(_WIDE_LATIN, letter)


@cache
def _letters(font: str) -> frozenset[int]:
    if font == _WIDE_LATIN:
        path = files("fontpkg_noto_sans").joinpath("files", "NotoSans[wdth,wght].ttf")
        pdfmetrics.registerFont(TTFont(font, str(path)))
        pdfmetrics.registerFontFamily(font, font, font, font, font)
    face: Any = pdfmetrics.getFont(font)
    return frozenset(face.face.charToGlyph)


@cache
def _register_eastern(font: str) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(font))
    pdfmetrics.registerFontFamily(font, font, font, font, font)


def _eastern(text: str) -> str:
    """Return the font for ideographs, which languages draw differently."""
    if any("\u3040" <= c <= "\u30ff" for c in text):
        return _JAPANESE
    return _KOREAN if any(map(_is_hangul, text)) else _CHINESE


def _is_hangul(letter: str) -> bool:
    return "\u1100" <= letter <= "\u11ff" or "\u3130" <= letter <= "\u318f" or (
        "\uac00" <= letter <= "\ud7a3"
    )  # fmt: skip


def _is_wide(letter: str) -> bool:
    """Return whether a letter is one of the East; their encoding here ends at U+FFFF."""
    wide = unicodedata.east_asian_width(letter) in "WFH" and letter <= "\uffff"
    return wide and unicodedata.category(letter)[0] in "LNP"
