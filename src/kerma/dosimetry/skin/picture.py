"""A skin dose map in, a picture of it out: colours that all eyes tell apart, a bar with doses."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from kerma.dosimetry.skin.calculate import SkinDose
from kerma.dosimetry.skin.tables import table

_CELL, _MARGIN, _BAR = 8, 16, 120
_PAPER, _INK, _BODY = (255, 255, 255), (23, 33, 43), (232, 235, 239)

Bytes = NDArray[np.uint8]


def colours(name: str = "cividis") -> Bytes:
    """Return 256 colours from no dose to the highest, shape (256, 3)."""
    stops = np.array(
        [[int(text[n : n + 2], 16) for n in (1, 3, 5)] for text in table("colour_maps")[name]]
    )
    place = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(place, np.arange(len(stops)), stops[:, c]) for c in range(3)]
    return np.column_stack(channels).round().astype(np.uint8)


def png(found: SkinDose, title: str, colour_map: str = "cividis") -> bytes:
    """Return the picture of a map as a PNG file."""
    doses, body = found.map_gy, found.skin
    there = np.zeros(doses.shape, dtype=bool)
    there[body.row, body.column] = True
    ramp = colours(colour_map)
    top = found.peak_gy or 1.0
    pixels = ramp[np.clip(doses / top * 255, 0, 255).astype(np.uint8)]
    pixels[~there] = _PAPER
    pixels[there & (doses <= 0)] = _BODY
    large = np.kron(pixels, np.ones((_CELL, _CELL, 1), dtype=np.uint8))
    height, width = large.shape[:2]
    sheet = Image.new("RGB", (width + 3 * _MARGIN + _BAR, height + 3 * _MARGIN + 48), _PAPER)
    sheet.paste(Image.fromarray(large), (_MARGIN, 48 + _MARGIN))
    _words(sheet, found, title)
    _bar(sheet, ramp, top, width + 2 * _MARGIN, 48 + _MARGIN, height)
    _mark(sheet, found)
    data = io.BytesIO()
    sheet.save(data, "PNG", optimize=True)
    return data.getvalue()


def _words(sheet: Image.Image, found: SkinDose, title: str) -> None:
    draw = ImageDraw.Draw(sheet)
    draw.text((_MARGIN, 12), title, _INK, ImageFont.load_default(16))
    peak = f"Peak {words(found.peak_gy)} ±{found.band_percent:.0f} %: {found.place}"
    draw.text((_MARGIN, 36), peak, _INK, ImageFont.load_default(14))


def _bar(sheet: Image.Image, ramp: Bytes, top: float, left: int, upper: int, height: int) -> None:
    column = np.repeat(ramp[::-1, None, :], 20, axis=1)
    sheet.paste(Image.fromarray(column).resize((20, height)), (left, upper))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(13)
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = upper + round((1 - share) * (height - 1))
        draw.line((left + 20, y, left + 26, y), _INK)
        draw.text((left + 30, y - 8), words(share * top), _INK, font)


def _mark(sheet: Image.Image, found: SkinDose) -> None:
    """Draw a ring round the peak."""
    x = _MARGIN + (found.peak_column + 0.5) * _CELL
    y = 48 + _MARGIN + (found.peak_row + 0.5) * _CELL
    draw = ImageDraw.Draw(sheet)
    for radius, colour in ((13, _PAPER), (11, _INK)):
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=colour, width=2)


def words(dose_gy: float) -> str:
    """Return a dose with a unit that fits: "1.72 mGy", "2.31 Gy"."""
    if dose_gy >= 1 or dose_gy == 0:
        return f"{dose_gy:.3g} Gy"
    milli = dose_gy * 1e3
    return f"{milli:.3g} mGy" if milli >= 0.1 else f"{milli * 1e3:.3g} µGy"
