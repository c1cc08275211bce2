"""Images of patients beside dose screens: told by their pixels, never a picture of text."""

import io
import random

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.data import get_testdata_file

from kerma.demo.screens import invented, typist
from kerma.demo.screens.drawing import draw
from kerma.demo.screens.pens import FontPen
from kerma.demo.screens.sheet import Look
from kerma.screens.glyph_set import GlyphSet
from kerma.screens.images import is_image
from kerma.screens.page import Box, Line, Page, Word
from kerma.screens.picture import Picture
from kerma.screens.recognise import recognise

_BLANK = Page(width=512, height=512, lines=())
LAYOUTS = ("siemens", "ge", "toshiba", "canon", "philips")


def ct_slice(low: int, high: int):
    """Return a real axial image (pydicom's CT_small) in a window, as large as a screen."""
    found = dcmread(get_testdata_file("CT_small.dcm")).pixel_array
    gray = (np.clip((found - low) / (high - low), 0, 1) * 255).astype(np.uint8)
    return np.asarray(Image.fromarray(gray).resize((512, 512), Image.Resampling.BICUBIC))


def rendering():
    """Return a shaded ball, as a rendering of a surface is shaded."""
    y, x = np.mgrid[:512, :512] - 256
    return (np.sqrt(np.clip(1 - (x**2 + y**2) / 180**2, 0, 1)) * 255).astype(np.uint8)


def localiser(noise: float = 12.0):
    """Return an ellipse of few levels with noise, and two lines over it."""
    y, x = np.mgrid[:512, :512] - 256
    made = np.where((x / 200) ** 2 + (y / 140) ** 2 < 1, 120.0, 0.0)
    made += np.where(made > 0, np.random.default_rng(1).normal(0, noise, made.shape), 0)
    made[[200, 300]] = 255
    return made.clip(0, 255).astype(np.uint8)


def compressed(gray, quality: int):
    buffer = io.BytesIO()
    Image.fromarray(gray).save(buffer, "JPEG", quality=quality)
    return np.asarray(Image.open(buffer).convert("L"))


def saying(*words: str) -> Page:
    """Return a page on which some words were read."""
    box = Box(10, 10, 50, 12)
    line = Line(words=tuple(Word(text=word, box=box) for word in words), box=box)
    return Page(width=512, height=512, lines=(line,))


@pytest.mark.parametrize("quality", [0, 90, 50])
@pytest.mark.parametrize("gray", [ct_slice(864, 1264), rendering()], ids=["slice", "ball"])
def test_images_are_told_also_compressed(gray, quality):
    shown = compressed(gray, quality) if quality else gray

    assert is_image(Picture(shown, is_lossy=bool(quality)), _BLANK)


def test_one_of_few_levels_is_told_by_its_noise_unless_compression_may_have_made_it():
    assert is_image(Picture(localiser()), _BLANK)
    assert not is_image(Picture(compressed(localiser(), 75), is_lossy=True), _BLANK)


@pytest.mark.parametrize("quality", [0, 90, 50])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_screen_is_never_one_even_if_no_letter_of_it_is_known(layout, quality):
    chance = random.Random(f"{layout} {quality}")
    for variant in range(6):
        look = Look(language=chance.choice(("en", "de", "fr")), variant=variant)
        pen = FontPen("", chance.choice((9, 10, 12, 15, 18)), smooth=chance.random() < 0.5)
        table = invented.study(layout, look, chance, 9)
        for screen in draw(table, layout, pen, look=look):
            gray = compressed(screen.gray, quality) if quality else screen.gray
            assert not is_image(Picture(gray, is_lossy=bool(quality)), _BLANK)


def test_a_table_in_its_own_letters_across_an_image_is_a_page():
    pen = FontPen("", 15, smooth=False)
    look, chance = Look(), random.Random(3)
    [screen, *_] = draw(invented.study("ge", look, chance, 3), "ge", pen, look=look)
    letters = typist.trained(pen, GlyphSet(name=""), [screen])
    high, wide = screen.gray.shape
    gray = np.zeros((high + 512, max(wide, 512)), np.uint8)
    gray[:high, :wide], gray[high:, :512] = screen.gray, ct_slice(864, 1264)

    page = recognise(Picture(gray), [letters])

    assert not is_image(Picture(gray), page)
    assert is_image(Picture(gray), _BLANK)


@pytest.mark.parametrize(
    "word", ["mGy*cm", "CTDIvol", "DLP", "Dosis", "C\ufffdDI\ufffdol", "D\ufffdP", "Gesamt-DLP"]
)
def test_any_word_of_doses_makes_it_a_page(word):
    assert not is_image(Picture(localiser()), saying("Im: 12", word))


@pytest.mark.parametrize("words", [(), ("Se: 3", "W", "400", "L", "40"), ("\ufffd\ufffd\ufffd",)])
def test_other_words_do_not(words):
    assert is_image(Picture(localiser()), saying(*words))


def test_paper_that_was_scanned_is_a_page():
    """Nobody knows what stands on it."""
    pen = FontPen("", 17)
    [screen, *_] = draw(invented.study("ge", Look(), random.Random(4), 9), "ge", pen)

    assert not is_image(Picture(255 - compressed(screen.gray, 60), is_lossy=True), _BLANK)
