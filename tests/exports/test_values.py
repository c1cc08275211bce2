"""The numbers in a file are those of the store, whatever the format."""

import datetime as dt
import json

import polars as pl
import pytest

from kerma.exports import dates
from kerma.store import options
from kerma.store.models import CtEvent, ProjectionEvent, Study
from tests.exports.exported import export, read_csv, read_sheet

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("hospital")]


@pytest.mark.both_databases
def test_csv_holds_every_event_of_the_store_in_the_order_of_the_report(tmp_path):
    export(tmp_path / "ct.csv", "CT")
    found = []
    for row in read_csv(tmp_path / "ct.csv"):
        for n in range(1, int(row["No. events"]) + 1):
            found.append((row[f"E{n} Acquisition protocol"], float(row[f"E{n} DLP (mGy.cm)"])))

    events = CtEvent.objects.order_by("-study_date", "ordinal")
    assert found == list(events.values_list("acquisition_protocol", "dlp_mgycm"))


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("modality", "csv_name", "name"),
    [("DX", "E1 DAP (cGy.cm^2)", "event_dap_cgycm2"), ("MG", "AGD", "agd_mgy")],
)
def test_all_formats_hold_the_same(tmp_path, modality, csv_name, name):
    for suffix in ("csv", "xlsx", "parquet", "json"):
        export(tmp_path / f"out.{suffix}", modality)
    frame = pl.read_parquet(tmp_path / "out.parquet")
    lines = pl.read_ndjson(tmp_path / "out.json", infer_schema_length=None)

    with (tmp_path / "out.json").open(encoding="utf-8") as file:
        assert list(json.loads(file.readline())) == frame.columns
    for one in frame.columns:
        typed = frame[one].cast(pl.String) if frame[one].dtype.is_temporal() else frame[one]
        left, right = typed.to_list(), lines[one].to_list()
        assert [str(v)[:19] for v in left] == [str(v)[:19] for v in right], one
    values = [float(row[csv_name]) for row in read_csv(tmp_path / "out.csv")]
    first_of_each = frame if modality == "MG" else frame.filter(pl.col("event") == 1)
    assert first_of_each[name].to_list() == values
    sheet = read_sheet(tmp_path / "out.xlsx", "All data")
    wide = csv_name if csv_name.startswith("E1 ") else f"E1 {csv_name}"
    assert [row[wide] for row in sheet] == frame.filter(pl.col("event") == 1)[name].to_list()


def test_dap_is_converted_from_gy_m2(tmp_path):
    ProjectionEvent.objects.filter(modality="DX").update(dap_gym2=4.1e-7)
    export(tmp_path / "dx.csv", "DX")

    assert {row["E1 DAP (cGy.cm^2)"] for row in read_csv(tmp_path / "dx.csv")} == {"0.41"}


def test_typed_columns_are_typed(tmp_path):
    export(tmp_path / "ct.parquet", "CT")
    schema = pl.read_parquet_schema(tmp_path / "ct.parquet")

    assert schema["study_date"] == pl.Date
    assert schema["study_time"] == pl.Time
    assert schema["event_dlp_mgycm"] == pl.Float64
    assert schema["number_of_events"] == pl.Int64
    assert schema["accession_number"] == pl.String


def test_dates_of_the_workbook_are_dates_in_the_format_of_the_site(tmp_path):
    from openpyxl import load_workbook

    options.put("export_date_format", "mm/dd/yyyy")
    Study.objects.filter(study_instance_uid="ct-head").update(study_date="1850-01-01")
    export(tmp_path / "ct.xlsx", "CT")

    sheet = load_workbook(tmp_path / "ct.xlsx")["All data"]
    at = {cell.value: cell.column for cell in sheet[1]}
    cell = sheet.cell(2, at["Study date"])
    assert cell.value == dt.datetime(2026, 3, 9)  # noqa: DTZ001
    assert cell.number_format == "mm/dd/yyyy"
    assert sheet.cell(2, at["Study time"]).value == dt.time(9, 30)
    assert "1850-01-01" in {row["Study date"] for row in read_sheet(tmp_path / "ct.xlsx",
                                                                    "All data")}  # fmt: skip


def test_csv_has_iso_dates_unless_the_site_wants_its_own(tmp_path, settings):
    export(tmp_path / "ct.csv", "CT")
    assert read_csv(tmp_path / "ct.csv")[0]["Study date"] == "2026-03-09"

    options.put("export_csv_dates", "site")
    settings.KERMA_EXPORT_DATE_FORMAT = "d.m.yy"
    settings.KERMA_EXPORT_TIME_FORMAT = "hh.mm"
    export(tmp_path / "ct.csv", "CT")

    row = read_csv(tmp_path / "ct.csv")[0]
    assert (row["Study date"], row["Study time"]) == ("9.3.26", "09.30")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("dd/mm/yyyy", "01/02/2026"),
        ("d mmm yyyy", "1 Feb 2026"),
        ("yyyy-mm-dd hh:mm:ss", "2026-02-01 03:04:05"),
        ("mm/dd/yy h:m", "02/01/26 3:4"),
        ("100%", "100%"),
    ],
)
def test_a_format_is_read_as_spreadsheets_do(text, wanted):
    moment = dt.datetime(2026, 2, 1, 3, 4, 5)  # noqa: DTZ001
    assert moment.strftime(dates.strftime(text)) == wanted


@pytest.mark.parametrize("text", ["", "dd/mm/qqqq", "x"])
def test_a_format_that_cannot_be_read_is_refused(text):
    with pytest.raises(dates.DateFormatError, match="dd/mm/yyyy"):
        dates.check(text)
