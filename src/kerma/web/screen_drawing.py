"""Glyphs and places on dose screens in, drawings out as SVG that stays crisp at any size."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from numpy.typing import NDArray

from kerma.screens import shapes
from kerma.screens.page import Box, Glyph
from kerma.store.models import ScreenPicture

_PIXEL = 6
"""Pixels of the page for a pixel of a glyph, where it is shown large."""


class Mark(NamedTuple):
    """A place that is framed on a picture; `name` ties it to a field of the page."""

    box: Box
    name: str = ""
    css: str = ""


def glyph(shape: Glyph, label: str = "Shape", pixel: int = _PIXEL) -> SafeString:
    """Return a glyph, each of its pixels a square."""
    return format_html(
        '<svg class="glyph" role="img" aria-label="{}" viewBox="-1 -1 {} {}" width="{}" '
        'height="{}" shape-rendering="crispEdges">{}</svg>',
        label,
        shape.width + 2,
        shape.height + 2,
        (shape.width + 2) * pixel,
        (shape.height + 2) * pixel,
        _paths(shape),
    )


def _paths(shape: Glyph) -> SafeString:
    """Return the squares of a glyph, those of one darkness together."""
    levels = shapes.levels(shape)
    return format_html_join(
        "",
        '<path d="{}" fill-opacity="{}"/>',
        ((_runs(levels == one), f"{one / shapes.FULL:.2f}") for one in np.unique(levels) if one),
    )


def _runs(ink: NDArray[np.bool_]) -> str:
    """Return the runs of the rows as a path."""
    edges = np.diff(np.pad(ink.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    starts, ends = np.argwhere(edges == 1), np.argwhere(edges == -1)
    runs = zip(starts.tolist(), ends.tolist(), strict=True)
    return "".join(f"M{x} {y}h{end - x}v1h-{end - x}z" for (y, x), (_, end) in runs)


def whole(picture: ScreenPicture, marks: Iterable[Mark], label: str) -> SafeString:
    """Return a whole picture with its marks."""
    return _drawn(picture, Box(0, 0, picture.width, picture.height), marks, label, "screen", 0)


def part(
    picture: ScreenPicture, view: Box, marks: Iterable[Mark], label: str, scale: float
) -> SafeString:
    """Return what is to be seen in `view`, `scale` pixels of the page for one of the picture."""
    return _drawn(picture, view, marks, label, "screen part", scale)


def around(box: Box, picture: ScreenPicture, beside: int, above: int) -> Box:
    """Return a box with its surroundings, within the picture."""
    left, top = max(0, box.x - beside), max(0, box.y - above)
    right = min(picture.width, box.x + box.width + beside)
    bottom = min(picture.height, box.y + box.height + above)
    return Box(left, top, max(1, right - left), max(1, bottom - top))


def hull(boxes: Sequence[Box]) -> Box:
    """Return the smallest box around all."""
    left, top = min(box.x for box in boxes), min(box.y for box in boxes)
    right = max(box.x + box.width for box in boxes)
    bottom = max(box.y + box.height for box in boxes)
    return Box(left, top, right - left, bottom - top)


def _drawn(
    picture: ScreenPicture, view: Box, marks: Iterable[Mark], label: str, css: str, scale: float
) -> SafeString:
    wide, high = (round(length * scale) for length in (view.width, view.height))
    size = format_html(' width="{}" height="{}"', wide, high) if scale else ""
    frames = format_html_join(
        "",
        '<rect x="{}" y="{}" width="{}" height="{}" rx="2" class="place {}" data-cell="{}"/>',
        ((b.x - 2, b.y - 2, b.width + 4, b.height + 4, css_, name) for b, name, css_ in marks),
    )
    return format_html(
        '<svg class="{}" role="img" aria-label="{}" viewBox="{} {} {} {}"{}>'
        '<image href="{}" width="{}" height="{}"/>{}</svg>',
        css, label, *view, size,
        reverse("screen-picture", args=[picture.pk]), picture.width, picture.height, frames,
    )  # fmt: skip
