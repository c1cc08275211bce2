"""`kerma extract` of a picture of a dose screen: read with given glyphs, or refused."""

import json
from io import StringIO

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from msgspec.structs import replace

from kerma.demo.screens.drawing import draw
from kerma.demo.screens.old_scanners import TOSHIBA, scanner_of, toshiba_glyphs, toshiba_pen
from kerma.dicom.files import read_bytes
from kerma.errors import ContentError, NoDose
from kerma.extract import read, record_of
from kerma.screens.glyph_file import dump
from kerma.screens.reading import ScreenTable
from tests.dicom.screen_objects import capture_bytes, words
from tests.extract.screen_tables import row

HEADER = {
    "Manufacturer": TOSHIBA.manufacturer,
    "ManufacturerModelName": TOSHIBA.model,
    "SoftwareVersions": TOSHIBA.software_versions,
}


@pytest.fixture(scope="module")
def glyphs():
    return toshiba_glyphs()


def shown(total=None):
    """Return the picture of a chest and an abdomen; by default the total is their sum."""
    rows = (
        row(protocol="Chest", ctdivol_mgy=8.1, dlp_mgycm=283.5, scanning_length_mm=None),
        row(protocol="Abdomen", ctdivol_mgy=12.4, dlp_mgycm=496.0, scanning_length_mm=None),
    )
    table = ScreenTable(layout="toshiba", rows=rows, total_dlp_body_mgycm=total or 779.5)
    [screen] = draw(table, "toshiba", toshiba_pen())
    return screen.gray


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "screen.dcm"
    path.write_bytes(capture_bytes(shown(), **HEADER))
    return path


def doses(record):
    return [(event.ctdivol_mgy, event.dlp_mgycm) for event in record.events]


def test_a_screen_is_read_with_the_glyphs_of_its_scanner(path, glyphs):
    record = read(path, glyphs=[glyphs])

    assert record.kind == "CT dose screen"
    assert doses(record) == [(8.1, 283.5), (12.4, 496.0)]
    assert record.totals.dlp_mgycm == 779.5
    assert {event.phantom_type_code for event in record.events} == {"113691"}
    assert record.study.sop_instance_uid == "1.2.1.9.1"
    assert record.notes[0] == "Read from a dose screen (Toshiba)."


def test_the_form_of_the_pixels_does_not_matter(tmp_path, glyphs):
    path = tmp_path / "signed.dcm"
    stored = shown().astype("<i2") * 4 - 1024
    path.write_bytes(capture_bytes(stored, **HEADER, **words(16, is_signed=True)))

    assert doses(read(path, glyphs=[glyphs])) == [(8.1, 283.5), (12.4, 496.0)]


def test_without_glyphs_the_refusal_says_what_to_do(path):
    with pytest.raises(NoDose, match=r"no glyphs are given.*page Dose screens.*--glyphs"):
        read(path)


def test_by_its_header_alone_it_carries_no_dose():
    with pytest.raises(NoDose, match="may show the doses"):
        record_of(read_bytes(capture_bytes(shown(), **HEADER)))


def test_unknown_glyphs_are_refused_and_counted(path, glyphs):
    known = {glyph: text for glyph, text in glyphs.texts.items() if text != "8"}
    with pytest.raises(ContentError, match=r"not certain: .*in none of the sets"):
        read(path, glyphs=[replace(glyphs, texts=known)])


def test_a_total_that_disagrees_is_refused_with_the_reason(tmp_path, glyphs):
    path = tmp_path / "screen.dcm"
    path.write_bytes(capture_bytes(shown(total=797.5), **HEADER))

    with pytest.raises(ContentError, match=r"not certain: .*797\.5"):
        read(path, glyphs=[glyphs])


def test_a_picture_of_something_else_is_refused(tmp_path, glyphs):
    path = tmp_path / "screen.dcm"
    picture = np.random.default_rng(1).integers(0, 255, (64, 64)).astype(np.uint8)
    path.write_bytes(capture_bytes(picture, **HEADER))

    with pytest.raises(ContentError, match=r"cannot be read|not certain"):
        read(path, glyphs=[glyphs])


def test_the_command_takes_an_exported_file(path, glyphs, tmp_path):
    given = tmp_path / "glyphs.json"
    given.write_text(dump(glyphs), encoding="utf-8")
    out = StringIO()

    call_command("extract", str(path), "--glyphs", str(given), stdout=out)

    assert json.loads(out.getvalue())["totals"]["dlp_mgycm"] == 779.5


def test_the_command_says_what_is_wrong_with_a_file_of_glyphs(path, tmp_path):
    given = tmp_path / "glyphs.json"
    given.write_text("{}", encoding="utf-8")

    with pytest.raises(CommandError, match=r"glyphs\.json: .+\."):
        call_command("extract", str(path), "--glyphs", str(given))
    with pytest.raises(CommandError, match="No such file"):
        call_command("extract", str(path), "--glyphs", str(tmp_path / "none.json"))


def test_the_drawn_scanner_is_the_one_of_the_header():
    assert scanner_of(TOSHIBA).manufacturer == HEADER["Manufacturer"]
