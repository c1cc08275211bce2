import json

import pytest

from kerma.errors import KermaError
from kerma.screens.glyph_file import dump, load
from kerma.screens.glyph_set import GlyphSet
from tests.screens.drawn import noto, taught, taught_by


def test_nothing_is_lost_on_the_way():
    for known in (taught(), taught_by("0123456789.DLP", noto(13)), GlyphSet(name="empty")):
        assert load(dump(known)) == known


def test_a_shape_can_be_seen_in_the_file():
    glyphs = {one["text"]: one["rows"] for one in json.loads(dump(taught()))["glyphs"]}

    assert glyphs["L"] == ["#...."] * 6 + ["#####"]


@pytest.mark.parametrize(
    ("glyph", "words"),
    [
        ({"text": "1", "rows": []}, "no rectangle"),
        ({"text": "1", "rows": ["#", "##"]}, "no rectangle"),
        ({"text": "1", "rows": ["#x"]}, "other signs"),
        ({"text": "1", "rows": [".."]}, "is empty"),
        ({"text": "1", "rows": ["#."], "levels": ["0f"]}, "are not those of its rows"),
        ({"text": "1", "rows": ["#."], "levels": ["f"]}, "are not those of its rows"),
        ({"text": "1", "rows": ["#" * 300]}, "no rectangle"),
    ],
)
def test_a_bad_shape_is_refused_in_a_sentence(glyph, words):
    file = {"format": "Kerma glyph set 1", "name": "x", "glyphs": [glyph]}

    with pytest.raises(KermaError, match=words):
        load(json.dumps(file))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "x", "name": "y"}', "\x00", b"\xff"])
def test_another_file_is_refused_in_a_sentence(text):
    with pytest.raises(KermaError, match="no file of glyphs"):
        load(text)


def test_a_shape_with_two_texts_is_refused():
    rows = {"rows": ["##"]}
    file = {
        "format": "Kerma glyph set 1",
        "name": "x",
        "glyphs": [{"text": "1", **rows}, {"text": "l", **rows}],
    }

    with pytest.raises(KermaError, match="stands for '1' and 'l'"):
        load(json.dumps(file))
