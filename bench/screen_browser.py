"""Screens drawn by another library than the one whose letters are taught: Chromium's canvas.

Its letters stand between pixels and are smoothed in another way, so that a letter has many shapes.
"""

import base64
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page as Tab
from playwright.sync_api import sync_playwright

from kerma.demo.screens.drawing import Colours, Screen, origin, size_of
from kerma.demo.screens.pens import FontPen
from kerma.demo.screens.sheet import Sheet

_DRAW = """
async ([font, size, columns, rows, ground, ink, texts]) => {
  const face = new FontFace("drawn", `url(data:font/ttf;base64,${font})`);
  document.fonts.add(await face.load());
  const canvas = document.createElement("canvas");
  canvas.width = columns; canvas.height = rows;
  const context = canvas.getContext("2d");
  context.fillStyle = `rgb(${ground},${ground},${ground})`;
  context.fillRect(0, 0, columns, rows);
  context.fillStyle = `rgb(${ink},${ink},${ink})`;
  context.font = `${size}px drawn`;
  for (const [x, y, text] of texts) context.fillText(text, x, y);
  document.fonts.delete(face);
  return canvas.toDataURL("image/png").split(",")[1];
}
"""


def browser_screens(
    studies: Sequence[Sequence[Sheet]], pen: FontPen, colours: Colours
) -> list[tuple[Screen, ...]]:
    """Return the pages of studies, drawn by the browser; which letter is where is not known."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        tab = browser.new_page()
        drawn = [tuple(_drawn(tab, sheet, pen, colours) for sheet in pages) for pages in studies]
        browser.close()
    return drawn


def _drawn(tab: Tab, sheet: Sheet, pen: FontPen, colours: Colours) -> Screen:
    font = base64.b64encode(Path(pen.path).read_bytes()).decode()
    columns, rows = size_of(sheet, pen)
    texts = [[*origin(one, pen), one.text] for one in sheet.texts]
    data = tab.evaluate(_DRAW, [font, pen.size, columns, rows, colours.ground, colours.text, texts])
    image = Image.open(io.BytesIO(base64.b64decode(data)))
    return Screen(np.array(image.convert("L")), ())
