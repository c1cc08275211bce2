"""Whatever objects say and whatever ends an export: a file that is right, or none."""

import csv
import json
import math
import resource
import signal

import pytest
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from kerma.errors import KermaError
from kerma.exports.base import ExportError, Made, NothingSelected, find
from kerma.exports.making import PART, make
from kerma.exports.spreadsheet import guarded, legal, sheet_name
from kerma.store.models import CtEvent, Study
from tests.exports.exported import export, plan, read_csv, read_sheet
from tests.query.hospital import ct_event, store

pytestmark = pytest.mark.django_db

FORMATS = ("csv", "xlsx", "parquet", "json")
EVIL = "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("text", [EVIL, "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_text_that_a_spreadsheet_might_run_is_guarded_in_csv(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "CT", "1-2", "a=b", " =1", "'=1"])
def test_other_text_is_as_it_is(text):
    assert guarded(text) == text


def test_formulas_stay_text_and_negative_numbers_numbers(tmp_path):
    store("evil", "CT", study_description=EVIL, events=(
        ct_event(acquisition_protocol="@SUM(A1:A9)", dlp_mgycm=-5.0, comment="-1+1"),
    ))  # fmt: skip
    export(tmp_path / "ct.csv", "CT")
    export(tmp_path / "ct.xlsx", "CT")

    (row,) = read_csv(tmp_path / "ct.csv")
    assert row["Study description"] == f"'{EVIL}"
    assert row["E1 Acquisition protocol"] == "'@SUM(A1:A9)"
    assert row["E1 Comments"] == "'-1+1"
    assert row["E1 DLP (mGy.cm)"] == "-5.0"
    book = load_workbook(tmp_path / "ct.xlsx")
    cells = [cell for sheet in book for line in sheet for cell in line]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    sheet = book["All data"]
    at = {cell.value: cell.column for cell in sheet[1]}
    assert sheet.cell(2, at["Study description"]).value == EVIL
    assert sheet.cell(2, at["Study description"]).quotePrefix
    assert sheet.cell(2, at["E1 DLP (mGy.cm)"]).value == -5


def test_texts_with_line_ends_control_characters_and_what_looks_like_escapes(tmp_path):
    comment = 'a\r\nb\x07\x0b_x0041_ <&"> \\ c'
    store("odd", "CT", comment="x", study_description='say "hi", \n you',
          events=(ct_event(comment=comment),))  # fmt: skip
    for suffix in FORMATS:
        export(tmp_path / f"ct.{suffix}", "CT")

    (row,) = read_csv(tmp_path / "ct.csv")
    assert row["Study description"] == 'say "hi", \n you'
    (row,) = read_sheet(tmp_path / "ct.xlsx", "All data")
    assert row["Study description"] == 'say "hi", \n you'
    # Excel decodes _x005F_, openpyxl only when asked; the very text must come out
    assert unescape(row["E1 Comments"]) == 'a\nb��_x0041_ <&">  |  c'


def test_a_text_longer_than_a_cell_is_cut():
    assert len(legal("x" * 40_000)) == 32_767
    # a spreadsheet counts units of UTF-16, and cuts none of them in two
    assert legal("\U0001f9b4" * 20_000) == "\U0001f9b4" * 16_383


@pytest.mark.both_databases
def test_numbers_that_are_none_and_infinite_leave_the_cell_empty(tmp_path):
    store("odd", "CT", events=tuple(ct_event(dlp_mgycm=n) for n in (1.0, 2.0, 3.0)))
    CtEvent.objects.filter(dlp_mgycm=1.0).update(dlp_mgycm=math.inf)
    CtEvent.objects.filter(dlp_mgycm=3.0).update(dlp_mgycm=math.nan)
    for suffix in FORMATS:
        export(tmp_path / f"ct.{suffix}", "CT")

    (row,) = read_csv(tmp_path / "ct.csv")
    assert [row[f"E{n} DLP (mGy.cm)"] for n in (1, 2, 3)] == ["", "2.0", ""]
    (row,) = read_sheet(tmp_path / "ct.xlsx", "All data")
    assert row["E1 DLP (mGy.cm)"] is None
    lines = [json.loads(line) for line in (tmp_path / "ct.json").read_text().splitlines()]
    assert [line["event_dlp_mgycm"] for line in lines] == [None, 2.0, None]


def test_a_study_without_date_and_protocol_is_exported(tmp_path):
    store("bare", "DX", day="", time="")
    store("bare2", "RF", day="", time="")
    for modality in ("DX", "RF"):
        for suffix in FORMATS:
            assert export(tmp_path / f"{modality}.{suffix}", modality).studies == 1
    assert read_csv(tmp_path / "DX.csv")[0]["Study date"] == ""
    assert read_sheet(tmp_path / "RF.xlsx", "All data")[0]["No. events"] == 0


@pytest.mark.parametrize("form", FORMATS)
def test_a_filter_that_matches_nothing_makes_no_file(tmp_path, form):
    store("one", "CT")
    with pytest.raises(NothingSelected, match="No study meets the filters"):
        export(tmp_path / f"ct.{form}", "CT", ("study_description", "no such"))
    assert list(tmp_path.iterdir()) == []


class Enough(KermaError):
    """Somebody has had enough."""


@pytest.mark.parametrize("form", FORMATS)
def test_an_export_that_is_aborted_leaves_nothing(tmp_path, form):
    for n in range(3):
        store(f"s{n}", "CT", events=(ct_event(),))
    path = tmp_path / f"ct.{form}"
    path.write_text("the one before")

    def stop(done, total, what=""):
        if done:
            raise Enough

    with pytest.raises(Enough):
        make(plan("CT"), find(form, "CT"), path, stop)

    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "the one before"


@pytest.fixture
def little_room():
    """No file of this process may grow beyond 20 kB or what is said, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    def fill(limit=20_000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))

    yield fill
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, old)


@pytest.mark.parametrize("form", FORMATS)
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path, form, little_room):
    words = [f"{n * 7919:x}" * 5 for n in range(1, 400)]
    store("one", "CT", events=tuple(ct_event(comment=word * 30) for word in words))
    little_room()

    with pytest.raises(ExportError, match=r"could not be written: .*Free some space"):
        make(plan("CT"), find(form, "CT"), tmp_path / f"ct.{form}")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", [1, 500, 5_000])
def test_a_disk_that_fills_while_the_end_of_parquet_is_written(tmp_path, missing, little_room):
    store("one", "CT", events=(ct_event(),))
    path = tmp_path / "ct.parquet"
    export(path, "CT")
    little_room(path.stat().st_size - missing)

    with pytest.raises(ExportError, match=r"could not be written: file too large\. No file was"):
        make(plan("CT"), find("parquet", "CT"), tmp_path / "again.parquet")

    assert list(tmp_path.iterdir()) == [path]


def test_the_file_has_another_name_until_it_is_whole(tmp_path):
    store("one", "CT")
    seen = []

    def look(done, total, what=""):
        seen.append([one.name for one in tmp_path.iterdir()])

    made = make(plan("CT"), find("csv", "CT"), tmp_path / "ct.csv", look)

    assert made == Made(1, 1)
    assert seen[0] == [f"ct.csv{PART}"]
    assert [one.name for one in tmp_path.iterdir()] == ["ct.csv"]


def test_ten_thousand_protocols_are_one_workbook(tmp_path):
    from kerma.exports.formats import xlsx

    names = [f"Protocol {n}" for n in range(xlsx.MOST_SHEETS + 20)]
    names += ["Frequent"] * 3
    store("many", "CT", events=tuple(ct_event(acquisition_protocol=name) for name in names))
    made = export(tmp_path / "ct.xlsx", "CT")

    book = load_workbook(tmp_path / "ct.xlsx", read_only=True)
    assert len(book.sheetnames) == xlsx.MOST_SHEETS + 3
    assert "frequent" in book.sheetnames
    assert book.sheetnames[-1] == "Other protocols"
    assert any("most frequent protocols" in note for note in made.notes)


def test_more_events_than_columns_are_in_the_sheets_of_protocols(tmp_path):
    names = ("a", "b")
    events = tuple(ct_event(acquisition_protocol=names[n % 2]) for n in range(800))
    store("long", "CT", events=events)
    made = export(tmp_path / "ct.xlsx", "CT")

    book = load_workbook(tmp_path / "ct.xlsx", read_only=True)
    width = len(next(book["All data"].iter_rows(values_only=True)))
    assert width <= 16_384
    assert len(list(book["a"].iter_rows())) == 401
    (note,) = made.notes
    assert "no room for more than 654 events" in note
    texts = [r[1] for r in book["Summary"].iter_rows(values_only=True) if r[:1] == ("Note",)]
    assert texts == [note]


def test_more_studies_than_rows_go_on_in_another_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr("kerma.exports.workbook.MOST_ROWS", 3)
    for n in range(5):
        store(f"s{n}", "CT", events=(ct_event(acquisition_protocol="Thorax"),))
    made = export(tmp_path / "ct.xlsx", "CT")

    sheets = load_workbook(tmp_path / "ct.xlsx").sheetnames
    assert sheets[1:4] == ["All data", "All data 2", "All data 3"]
    assert sheets[4:] == ["thorax", "thorax 2", "thorax 3"]
    assert len(read_sheet(tmp_path / "ct.xlsx", "All data 3")) == 1
    assert any("further sheets" in note for note in made.notes)
    assert made.rows == 10


@pytest.mark.parametrize(
    ("protocol", "name"),
    [
        ("FL - ANG", "fl_-_ang"),
        ("a/b\\c:d*e?f[g]", "a|b|c;d#e;f(g)"),
        ("", "unknown"),
        ("Summary", "summary_"),
        ("'quoted'", "_quoted_"),
        ("x" * 40, "x" * 31),
        ("\U0001f9b4" * 20, "\U0001f9b4" * 15),
        ("a\x00\tb", "a_b"),
    ],
)
def test_names_of_sheets_are_safe(protocol, name):
    assert sheet_name(protocol) == name


def test_lines_of_csv_can_be_read_by_any_reader(tmp_path):
    """RFC 4180: quotes are doubled, and a record may span lines."""
    store("odd", "CT", study_description='a "b"\r\nc,d')
    export(tmp_path / "ct.csv", "CT")
    with (tmp_path / "ct.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file, strict=True))
    assert len(rows) == 2
    assert 'a "b"\r\nc,d' in rows[1]


def test_csv_may_open_with_a_mark_for_excel(tmp_path):
    store("one", "CT")
    export(tmp_path / "ct.csv", "CT", mark="yes")
    assert (tmp_path / "ct.csv").read_bytes().startswith("\ufeffInstitution".encode())
    with pytest.raises(ExportError, match="mark must be no or yes, not 'maybe'"):
        export(tmp_path / "ct.csv", "CT", mark="maybe")


def test_an_unknown_format_names_the_known_ones():
    with pytest.raises(ExportError, match=r"no export 'xls' for CT. Known: .*csv.*parquet.*xlsx"):
        find("xls", "CT")


def test_a_modality_without_studies(tmp_path):
    assert not Study.objects.exists()
    with pytest.raises(NothingSelected):
        export(tmp_path / "nm.xlsx", "NM")
