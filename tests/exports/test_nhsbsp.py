"""The NHSBSP survey, against what is given of a Hologic examination and the rules of the survey."""

import io
import json

import pytest
from django.core.management import call_command

from kerma.exports.formats.nhsbsp import HEADINGS
from kerma.records.projection import Filter
from tests.exports.special import exported, lines, take_in
from tests.query.hospital import exposure, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


def mammogram(**values):
    given = {
        "laterality": "Left", "view": "cranio-caudal", "view_code": "R-10242",
        "anode_target": "Molybdenum", "filters": ({"material": "Rhodium or Rhodium compound"},),
        "kvp": 28.0, "exposure_mas": 50.5, "compressed_thickness_mm": 42.0,
    }  # fmt: skip
    given |= values
    given["filters"] = tuple(Filter(**one) for one in given["filters"])
    return exposure(**given)


def test_the_rows_of_a_hologic_examination_are_those_given(shared_objects):
    facts = json.loads((shared_objects / "behaviour.json").read_text())["exports"]["mg_nhsbsp_csv"]
    take_in(shared_objects / facts["file"])

    found = lines(exported("nhsbsp", "MG")[0])

    rows = [dict(zip(HEADINGS, row, strict=True)) for row in found[1:]]
    assert (len(rows), len(found[0])) == (facts["rows"], facts["columns"])
    assert sorted(row["View code"] for row in rows) == sorted(facts["view_codes"])
    filters = [row["Filter"] for row in rows]
    assert {name: filters.count(name) for name in filters} == facts["filters"]
    for given in facts["by_row"]:
        assert any(_is(row, given) for row in rows), given
    assert {row["Anode"] for row in rows} == {"W"}
    assert {(row["Survey number"], row["Patient number"]) for row in rows} == {("1", "1")}


def _is(row, given):
    view = given["view"]
    same = row["View code"].startswith(view[:-1]) if "*" in view else row["View code"] == view
    return same and (row["Filter"], *map(float, (row["Thickness"], row["mAs"], row["kV"]))) == (
        given["filter"], given["thickness_mm"], given["mAs"], given["kV"],
    )  # fmt: skip


def test_views_have_the_codes_of_the_national_centre_whatever_scheme_they_came_in(db):
    store(
        "mg", "MG",
        events=(
            mammogram(),
            mammogram(view_code="399162004"),
            mammogram(view="medio-lateral oblique", view_code="R-10226", laterality="Right"),
            mammogram(view="medio-lateral oblique", view_code="399368009", laterality="Right"),
            mammogram(view="medio-lateral", view_code="R-10224"),
            mammogram(view="Cranio-Caudal", view_code="X", laterality="Right"),
        ),
    )  # fmt: skip

    codes = [row[2] for row in lines(exported("nhsbsp", "MG")[0])[1:]]

    assert codes == ["LCC", "LCC2", "ROB", "ROB2", "LML", "RCC"]


def test_exposures_that_are_no_part_of_an_examination_are_left_out_and_counted(db):
    words = ("scout", "PostClip", "prefire", "Biopsy", "postfire", "STEREO", "Specimen", "artefact")
    store(
        "mg", "MG",
        events=(
            *(mammogram(acquisition_protocol=f"Left {word} 2") for word in words),
            mammogram(laterality=""),
            mammogram(view="", view_code=""),
            mammogram(anode_target=""),
            mammogram(filters=()),
            mammogram(acquisition_protocol="Routine"),
        ),
    )  # fmt: skip

    data, made = exported("nhsbsp", "MG")

    assert len(lines(data)) == 2
    assert made.rows == 1
    assert made.notes[0].startswith("Left out: 12 of 13 exposures")


def test_patients_are_numbered_from_1_and_nothing_runs_in_a_spreadsheet(db):
    for number in range(3):
        store(
            f"mg-{number}", "MG", day=f"2026-03-0{number + 1}",
            events=(mammogram(view="=1+1", view_code="", exposure_control_mode="=AUTO()"),),
        )  # fmt: skip

    rows = lines(exported("nhsbsp", "MG")[0])[1:]

    assert [row[1] for row in rows] == ["1", "2", "3"]
    assert rows[0][9:11] == ["AUTO", "'=AUTO()"]
    assert rows[0][2] == "L=1+1"


def test_the_command_makes_it_and_lists_it_with_the_other_formats(db, tmp_path):
    store("mg", "MG", events=(mammogram(),))
    out, said = tmp_path / "survey.csv", io.StringIO()

    call_command("export", "mg", "--format", "nhsbsp", "--out", str(out))
    call_command("export", "mg", "--list", stdout=said)

    assert lines(out.read_bytes())[1][2] == "LCC"
    assert {"nhsbsp", "rdsr-set", "csv"} <= {
        line.split(":")[0] for line in said.getvalue().splitlines()
    }
