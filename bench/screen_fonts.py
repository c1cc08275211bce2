"""The fonts of `screens.py`: those the machine has, some to be trained and some never.

Folders that are looked through: those of Debian's packages fonts-dejavu-core, fonts-liberation,
fonts-freefont-ttf and xfonts-base, the fonts of Python packages, and whatever KERMA_FONTS names.
"""

import os
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from kerma.demo.screens.pens import FontPen

_FOLDERS = (
    "/usr/share/fonts",
    sysconfig.get_paths()["purelib"],
    *os.environ.get("KERMA_FONTS", "").split(os.pathsep),
)


class Font(NamedTuple):
    """A font in one size."""

    file: str
    """Name of its file; "" is Pillow's own."""
    size: int
    smooth: bool
    is_trained: bool = True


FONTS = (
    Font("", 12, True),
    Font("", 14, False),
    Font("DejaVuSansMono.ttf", 11, False),
    Font("DejaVuSansMono.ttf", 13, True),
    Font("DejaVuSans.ttf", 11, False),
    Font("DejaVuSans-Bold.ttf", 12, True),
    Font("LiberationSans-Regular.ttf", 12, False),
    Font("LiberationSans-Regular.ttf", 15, True),
    Font("LiberationMono-Regular.ttf", 13, False),
    Font("FreeSans.ttf", 14, True),
    Font("FreeMono.ttf", 14, False),
    Font("NotoSans[wdth,wght].ttf", 13, True),
    Font("Vera.ttf", 12, True),
    Font("6x13.pcf.gz", 13, False),
    Font("7x14.pcf.gz", 14, False),
    Font("9x15.pcf.gz", 15, False),
    Font("8x13B.pcf.gz", 13, False),
    Font("10x20.pcf.gz", 20, False),
    Font("DejaVuSerif.ttf", 12, True, False),
    Font("DejaVuSansCondensed.ttf", 12, False, False),
    Font("LiberationSerif-Regular.ttf", 14, True, False),
    Font("LiberationSansNarrow-Regular.ttf", 14, False, False),
    Font("FreeSerif.ttf", 15, True, False),
    Font("VeraBd.ttf", 12, False, False),
    Font("7x13.pcf.gz", 13, False, False),
    Font("9x15B.pcf.gz", 15, False, False),
    Font("6x12.pcf.gz", 12, False, False),
    Font("DejaVuSansMono.ttf", 14, True, False),
)


def present() -> list[tuple[Font, str]]:
    """Return the fonts that are on this machine, and their paths."""
    found = files()
    return [
        (font, found.get(font.file, "")) for font in FONTS if not font.file or font.file in found
    ]


@cache
def files() -> dict[str, str]:
    """Return the paths of all wanted fonts by the names of their files."""
    wanted = {font.file for font in FONTS}
    return {path.name: str(path) for path in _all() if path.name in wanted}


def _all() -> Iterator[Path]:
    for folder in filter(None, _FOLDERS):
        for ending in ("*.ttf", "*.pcf.gz"):
            yield from Path(folder).rglob(ending)


def pen(font: Font, path: str) -> FontPen:
    """Return what draws it."""
    return FontPen(path, font.size, smooth=font.smooth)
