"""A picture and what was read on it in, whether it plainly is an image and no page of text out.

Localisers with lines, reformations and renderings are sent beside dose screens, and look no
different in their headers.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kerma.screens.page import Page
from kerma.screens.picture import Picture

_LEVELS = 256
_UNKNOWN = "\ufffd"


def is_image(picture: Picture, page: Page) -> bool:
    """Whether a picture is no text by its pixels, and no word of doses was read on it."""
    return _looks_so(picture) and not _speaks_of_dose(page)


def _looks_so(picture: Picture) -> bool:
    if _uneven(picture.gray) >= _limits()["uneven"]:
        return True
    return not picture.is_lossy and _rough(picture.gray) >= _limits()["rough"]


def _uneven(gray: NDArray[np.uint8]) -> float:
    """Return the share of pixels in none of the few most frequent colours."""
    count = np.bincount(gray.ravel(), minlength=_LEVELS)
    near = _limits()["near"]
    for _ in range(_limits()["colours"]):
        most = int(count.argmax())
        count[max(0, most - near) : most + near + 1] = 0
    return float(count.sum() / gray.size)


def _rough(gray: NDArray[np.uint8]) -> float:
    """Return the share of pixels that differ from the one to the right or below."""
    level, step = gray.astype(np.int16), _limits()["step"]
    right = np.abs(np.diff(level, axis=1))[:-1] > step
    below = np.abs(np.diff(level, axis=0))[:, :-1] > step
    return float((right | below).mean()) if right.size else 0.0


def _speaks_of_dose(page: Page) -> bool:
    words = (word.text.casefold() for line in page.lines for word in line.words)
    return any(_says(word, phrase) for word in words for phrase in _limits()["words"])


def _says(word: str, phrase: str) -> bool:
    """Whether a phrase may stand in a word, at least half of its letters known."""
    for start in range(len(word) - len(phrase) + 1):
        pairs = list(zip(word[start:], phrase, strict=False))
        known = [one == other for one, other in pairs if one != _UNKNOWN]
        if all(known) and 2 * len(known) >= len(phrase):
            return True
    return False


@cache
def _limits() -> dict[str, Any]:
    return tomllib.loads(files("kerma.screens").joinpath("images.toml").read_text("utf-8"))
