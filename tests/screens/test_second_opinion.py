"""The second opinion: its words become lines, tables and proposals, and nothing is believed."""

import socket
from types import SimpleNamespace

import numpy as np
import pytest

from kerma.demo.screens.drawing import draw
from kerma.demo.screens.pens import FontPen
from kerma.screens import second_opinion
from kerma.screens.picture import Picture
from kerma.screens.read import read
from kerma.screens.reading import Reading, Scanner, ScanRow, ScreenTable
from kerma.screens.recognise import shapes

SCANNER = Scanner(manufacturer="GE MEDICAL SYSTEMS", model="LightSpeed16")


def row(number: int, ctdivol_mgy: float, dlp_mgycm: float) -> ScanRow:
    return ScanRow(
        label=str(number),
        series_number=number,
        acquisition_type="Spiral Acquisition",
        start_mm=0.0,
        end_mm=-300.0,
        ctdivol_mgy=ctdivol_mgy,
        dlp_mgycm=dlp_mgycm,
        phantom_mm=320,
    )


TABLE = ScreenTable(
    layout="ge",
    rows=(row(2, 12.34, 385.01), row(3, 8.07, 251.78)),
    total_dlp_mgycm=636.79,
    exam_description="CT CHEST",
    date_time="04 Mar 2026",
)


@pytest.fixture
def screen():
    return draw(TABLE, "ge", FontPen("", 13))[0]


@pytest.fixture
def sees(monkeypatch):
    """Let the reader see these words: (text, x, y, width, height), one group each."""

    def now(words):
        groups = tuple(
            ((text, 0.9, [[x, y], [x + w, y], [x + w, y + h], [x, y + h]]),)
            for text, x, y, w, h in words
        )
        found = SimpleNamespace(boxes=[1], word_results=groups)
        monkeypatch.setattr(second_opinion, "is_installed", lambda: True)
        monkeypatch.setattr(second_opinion, "_engine", lambda: lambda _: found)

    return now


def words_of(screen):
    """Return the words of a drawn screen with loose boxes, as a text reader gives them."""
    words: list[list] = []
    for letter in screen.letters:
        x, y, w, h = letter.box
        last = words[-1] if words else None
        if last and abs(last[2] + last[4] - y - h) < 8 and 0 <= x - last[1] - last[3] <= 4:
            top = min(last[2], y)
            bottom = max(last[2] + last[4], y + h)
            words[-1] = [last[0] + letter.text, last[1], top, x + w - last[1], bottom - top]
        else:
            words.append([letter.text, x, y, w, h])
    return [(text, x - 1, y - 2, w + 2, h + 4) for text, x, y, w, h in words]


def test_without_the_extra_there_is_none(screen, monkeypatch):
    monkeypatch.setattr(second_opinion, "find_spec", lambda name: None)

    assert not second_opinion.is_installed()
    assert second_opinion.read([Picture(screen.gray)], SCANNER, Reading()) is None


def test_words_become_lines_in_the_order_of_reading(sees):
    sees([("b", 50, 12, 10, 10), ("c", 5, 40, 10, 10), ("a", 5, 10, 10, 12), (" ", 90, 10, 5, 5)])

    page = second_opinion.second_page(Picture(np.zeros((60, 100), np.uint8)))

    assert [line.text for line in page.lines] == ["a b", "c"]
    assert page.lines[0].box == (5, 10, 55, 12)


def test_a_picture_without_text_is_a_page_without_lines(monkeypatch):
    nothing = SimpleNamespace(boxes=None, word_results=(("", 1.0, None),))
    monkeypatch.setattr(second_opinion, "_engine", lambda: lambda _: nothing)

    assert second_opinion.second_page(Picture(np.zeros((8, 8), np.uint8))).lines == ()


def test_a_picture_too_large_for_a_screen_is_not_given_to_it(monkeypatch):
    monkeypatch.setattr(second_opinion, "_engine", lambda: pytest.fail("it was"))

    page = second_opinion.second_page(Picture(np.zeros((2001, 10), np.uint8)))

    assert "too large" in page.trouble


def test_it_reads_the_table_and_believes_nothing(screen, sees):
    sees(words_of(screen))

    found = second_opinion.read([Picture(screen.gray)], SCANNER, Reading())

    assert [(one.ctdivol_mgy, one.dlp_mgycm) for one in found.table.rows] == [
        (12.34, 385.01),
        (8.07, 251.78),
    ]
    assert found.table.total_dlp_mgycm == 636.79
    assert found.glyph_set == "rapidocr"
    assert found.table.patient_id == ""


def test_it_proposes_the_letters_that_nobody_has_typed(screen, sees):
    """Every shape of an unknown font stands for the letter that was drawn there."""
    first = read([Picture(screen.gray)], SCANNER, [])
    sees(words_of(screen))

    proposed = second_opinion.read([Picture(screen.gray)], SCANNER, first).unknown

    right = [seen.text == drawn_in(seen.box, screen) for _, seen in proposed]
    assert len(proposed) > 25
    assert right.count(True) >= 0.9 * len(right)
    assert not any(seen.exact for _, seen in proposed)
    assert len({seen.glyph for _, seen in proposed}) == len(proposed)


def drawn_in(box, screen):
    """Return the letters whose middle lies in the box."""
    return "".join(
        letter.text
        for letter in screen.letters
        if box.x <= letter.box.x + letter.box.width / 2 <= box.x + box.width
        and box.y <= letter.box.y + letter.box.height / 2 <= box.y + box.height
    )


@pytest.mark.parametrize(("letters", "proposed"), [("8888", ["8"]), ("8838", ["8"]), ("8B38", [])])
def test_a_shape_is_proposed_where_most_of_its_places_agree(letters, proposed, sees):
    picture = Picture(draw_text([("8", 20 + 60 * number, 40) for number in range(4)]))
    first = Reading(unknown=tuple((0, seen) for seen in shapes(picture)))
    sees([(text, 10 + 60 * number, 20, 40, 30) for number, text in enumerate(letters)])

    found = second_opinion.read([picture], SCANNER, first)

    assert len({seen.glyph for _, seen in first.unknown}) == 1
    assert [seen.text for _, seen in found.unknown] == proposed


def draw_text(texts):
    pen, gray = FontPen("", 15), np.zeros((120, 300), np.uint8)
    for text, x, y in texts:
        levels = pen.shape(text).levels
        gray[y - levels.shape[0] : y, x : x + levels.shape[1]] = levels
    return gray


def test_rows_stand_beside_those_of_the_first_reading(screen, sees):
    """The first reading has a row more at the top: the second one leaves that place empty."""
    sees(words_of(screen))
    longer = ScreenTable(layout="ge", rows=(row(1, 1.0, 2.0), *TABLE.rows))

    found = second_opinion.read([Picture(screen.gray)], SCANNER, Reading(table=longer))

    assert [one.dlp_mgycm for one in found.table.rows] == [None, 385.01, 251.78]


def test_a_row_of_which_one_dose_is_misread_keeps_its_place(screen, sees):
    sees([(text.replace("12.34", "72.34"), *place) for text, *place in words_of(screen)])
    longer = ScreenTable(layout="ge", rows=(*TABLE.rows, row(4, 1.0, 2.0)))

    found = second_opinion.read([Picture(screen.gray)], SCANNER, Reading(table=longer))

    assert [one.ctdivol_mgy for one in found.table.rows] == [72.34, 8.07, None]


def test_more_pictures_than_any_screen_has_are_not_read(sees):
    sees([])
    pictures = [Picture(np.zeros((8, 8), np.uint8))] * 9

    assert "too many" in second_opinion.read(pictures, SCANNER, Reading()).trouble


@pytest.mark.skipif(not second_opinion.is_installed(), reason="the extra ocr is not installed")
def test_the_real_one_reads_without_a_network(screen, monkeypatch):
    def refuse(*_: object) -> None:
        raise OSError("a second opinion must not use the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)

    found = second_opinion.read([Picture(screen.gray)], SCANNER, Reading())

    assert [one.dlp_mgycm for one in found.table.rows] == [385.01, 251.78]
