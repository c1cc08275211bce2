"""Exports of real objects against given facts."""

import datetime as dt
import json

import pytest
from openpyxl import load_workbook

from kerma.exports.columns.projection import filter_materials, filter_thicknesses
from kerma.exports.spreadsheet import sheet_name
from kerma.records.projection import Filter
from kerma.store.models import IdentityPolicy
from tests.exports.exported import export, import_objects, read_csv, read_sheet

pytestmark = pytest.mark.django_db

CT = ("CT-ESR-GE_Optima", "CT-RDSR-GEPixelMed", "CT-RDSR-Siemens_Flash-TAP-SS",
      "CT-RDSR-Toshiba_DoseCheck")  # fmt: skip


@pytest.fixture
def facts(shared_objects):
    return json.loads((shared_objects / "behaviour.json").read_text(encoding="utf-8"))["exports"]


@pytest.fixture
def stored(shared_objects):
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"name": "store", "patient_id": "store"})

    def import_all(*names):
        import_objects(*(shared_objects / f"{name}.dcm" for name in names))

    return import_all


def test_ct_workbook_has_text_ids_numbers_and_the_details_of_dose_check(stored, facts, tmp_path):
    stored(*CT)
    export(tmp_path / "ct.xlsx", "CT", identity=True)
    given = facts["ct_xlsx"]

    rows = read_sheet(tmp_path / "ct.xlsx", given["sheet"])

    assert set(given["columns_used"]) <= set(rows[0])
    checked = next(row for row in rows if row["E1 Dose check alerts"])
    assert checked["E1 Dose check alerts"] == given["dose_check_text"]["E1"]
    assert checked["E2 Dose check alerts"] == given["dose_check_text"]["E2"]
    assert [row["Study date"] for row in rows] == sorted(
        (row["Study date"] for row in rows), reverse=True
    )
    ids = {row["Patient ID"]: row for row in rows}
    assert ids["00001234"]["Accession number"] == "0012345.12345678"
    assert ids["00001234"]["Total DLP (mGy.cm)"] == 415.82


def test_the_cells_of_ids_are_text_and_those_of_doses_numbers(stored, tmp_path):
    stored(*CT)
    export(tmp_path / "ct.xlsx", "CT", identity=True)

    sheet = load_workbook(tmp_path / "ct.xlsx")["All data"]
    at = {cell.value: cell.column for cell in sheet[1]}

    for row in range(2, 5):
        assert isinstance(sheet.cell(row, at["Patient ID"]).value, str | None)
        assert isinstance(sheet.cell(row, at["Accession number"]).value, str | None)
        assert isinstance(sheet.cell(row, at["Total DLP (mGy.cm)"]).value, float)
        assert isinstance(sheet.cell(row, at["Study date"]).value, dt.datetime)


@pytest.mark.both_databases
def test_fluoroscopy_workbook_has_totals_of_planes_and_a_sheet_for_each_protocol(
    stored, facts, tmp_path
):
    given = facts["rf_xlsx"]
    stored("RF-RDSR-Siemens-Zee", "RF-RDSR-Philips_Allura")
    export(tmp_path / "rf.xlsx", "RF", identity=True)
    book = load_workbook(tmp_path / "rf.xlsx")

    siemens = next(
        row
        for row in read_sheet(tmp_path / "rf.xlsx", "All data")
        if row["Manufacturer"] == "Siemens"
    )

    assert siemens["Patient ID"] == given["siemens_row"]["Patient ID"].split()[0]
    assert siemens["Accession number"] == given["siemens_row"]["Accession number"].split()[0]
    assert siemens["A Dose RP total (Gy)"] == given["siemens_row"]["A Dose RP total (Gy)"]
    assert set(given["protocol_sheets"][:2]) <= set(book.sheetnames)
    assert sheet_name("Vascular-Knee-Scopy-Dose_Level_12") in given["protocol_sheets"][2]
    filtered = given["filters"]["abdomen_2fps_25% row 2"]
    first = read_sheet(tmp_path / "rf.xlsx", "abdomen_2fps_25%")[0]
    assert first["Filter material"] == filtered["material"]
    assert first["Mean filter thickness (mm)"] == filtered["mean thickness mm"]
    at = dt.datetime(2016, 5, 12, 10, 11, 54)  # noqa: DTZ001 - local time of the device
    copper = given["filters"]["fl_-_ang 2016-05-12 10:11:54"]
    second = next(row for row in read_sheet(tmp_path / "rf.xlsx", "fl_-_ang") if row["Time"] == at)
    assert second["Filter material"] == copper["material"]
    assert second["Mean filter thickness (mm)"] == copper["mean thickness mm"]


@pytest.mark.both_databases
def test_radiography_workbook_shows_the_mean_thickness_of_filters(stored, facts, tmp_path):
    given = facts["dx_xlsx"]
    stored("DX-Im-Carestream_DR7500-1", "DX-Im-Carestream_DRX", "DX-Im-GE_XR220-1",
           "DX-Im-GE_XR220-2", "DX-Im-GE_XR220-3")  # fmt: skip
    export(tmp_path / "dx.xlsx", "DX", identity=True)

    rows = read_sheet(tmp_path / "dx.xlsx", "All data")
    aec = read_sheet(tmp_path / "dx.xlsx", "aec")

    wanted = given["row2"]["E1 Exposure index"]
    found = [r for r in rows if r["E1 Exposure index"] == pytest.approx(wanted)]
    assert [row["Patient ID"] for row in found] == ["00098765"]
    assert [row["Accession number"] for row in found] == ["00938475"]
    pairs = [(row["Filters"], row["Filter thicknesses (mm)"]) for row in aec]
    one, two = given["protocol_sheet_aec"]
    assert pairs == [(one["Filters"], one["Filter thicknesses (mm)"])]
    wedge = (
        Filter(material="Aluminum", thickness_min_mm=0.94, thickness_max_mm=1.06),
        Filter(material="Copper", thickness_min_mm=0.194, thickness_max_mm=0.206),
    )
    assert filter_materials(wedge) == two["Filters"]
    assert filter_thicknesses(wedge) == two["Filter thicknesses (mm)"]


def test_mammography_csv_has_the_given_row(stored, facts, tmp_path):
    given = facts["mg_csv"]
    stored(given["file"].removesuffix(".dcm"))
    export(tmp_path / "mg.csv", "MG")

    (row,) = read_csv(tmp_path / "mg.csv")

    age = given["row"].pop("Age")  # of a child one day old
    assert float(row["Age"]) == pytest.approx(age, abs=1.5 / 365)
    for name, value in given["row"].items():
        found = row[name]
        assert (float(found) if isinstance(value, float | int) else found) == value, name
