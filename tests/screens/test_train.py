import pytest

from kerma.screens.glyph_set import GlyphSet
from kerma.screens.picture import Picture
from kerma.screens.read import read
from kerma.screens.reading import Scanner
from kerma.screens.recognise import recognise
from kerma.screens.train import GlyphConflict, unknown_glyphs, with_glyph, without_glyph
from tests.screens.drawn import screen, taught, texts


def test_what_is_unknown_is_asked_once_the_most_frequent_first():
    reading = read([Picture(screen(["88 8 0", "8 0 1"]))], Scanner(), [])

    asked = unknown_glyphs(reading)

    assert [one.times for one in asked] == [4, 2, 1]
    assert asked[0].seen.box == (10, 10, 5, 7)
    assert reading.table is None


def test_a_taught_shape_is_read_and_a_forgotten_one_is_not():
    gray = screen(["8"])
    [seen] = recognise(Picture(gray), []).unknown
    known = with_glyph(GlyphSet(name=""), seen.glyph, "8")

    assert texts(recognise(Picture(gray), [known])) == ["8"]
    assert texts(recognise(Picture(gray), [without_glyph(known, seen.glyph)])) == ["�"]


def test_what_is_no_letter_is_skipped():
    gray = screen(["8 1"])
    first, second = recognise(Picture(gray), []).unknown
    known = with_glyph(with_glyph(GlyphSet(name=""), first.glyph, ""), second.glyph, "1")

    page = recognise(Picture(gray), [known])

    assert texts(page) == ["1"]
    assert page.unknown == ()


def test_a_shape_is_never_two_texts():
    known = taught()
    eight = next(glyph for glyph, text in known.texts.items() if text == "8")

    assert with_glyph(known, eight, "8") == known
    with pytest.raises(GlyphConflict, match="known as '8' already"):
        with_glyph(known, eight, "3")


@pytest.mark.parametrize("text", ["\ufffd", "x" * 21, "a\nb"])
def test_what_cannot_be_a_text_is_refused(text):
    [seen] = recognise(Picture(screen(["8"])), []).unknown

    with pytest.raises(GlyphConflict, match="Up to 20 letters"):
        with_glyph(GlyphSet(name=""), seen.glyph, text)


def test_a_page_of_a_strange_font_is_not_taken_for_read_though_some_shapes_are_known():
    known = taught()
    few = GlyphSet(name="few", texts={g: t for g, t in known.texts.items() if t in "1."})

    reading = read([Picture(screen(["DLP 1.11 250.98"]))], Scanner(), [few])

    assert reading.table is None
    assert not reading.is_believed
    assert len(unknown_glyphs(reading)) == 8
