"""`kerma export` on the command line."""

import csv
import io
import json
import os
import signal

import polars as pl
import pytest
from django.core.management import CommandError, call_command

from kerma.cli.management.commands.export import Command
from tests.query.hospital import store_everything

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def hospital(db):
    store_everything()


def run(*arguments):
    out, err = io.StringIO(), io.StringIO()
    call_command("export", *map(str, arguments), stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_filters_may_stand_after_the_options(tmp_path):
    out, _ = run("ct", "--format", "csv", "--out", tmp_path / "ct.csv", "dlp_min=100", "order=-dlp")

    with (tmp_path / "ct.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["Total DLP (mGy.cm)"] for row in rows] == ["620.0", "150.0"]
    assert out == f"{tmp_path / 'ct.csv'}: 2 studies, 2 rows.\n"


def test_names_of_patients_are_left_out_unless_asked_for(tmp_path):
    run("CT", "--format", "parquet", "--out", tmp_path / "ct.parquet")
    assert "patient_id" not in pl.read_parquet_schema(tmp_path / "ct.parquet")

    run("CT", "--identity", "--format", "parquet", "--out", tmp_path / "ct.parquet")
    assert "patient_id" in pl.read_parquet_schema(tmp_path / "ct.parquet")


@pytest.mark.parametrize("form", ["csv", "json"])
def test_text_formats_may_go_to_standard_output(form, capfdbinary):
    run("mg", "--format", form, "--out", "-", "thickness_max=40")

    lines = capfdbinary.readouterr().out.decode().splitlines()
    if form == "csv":
        assert [row["AGD"] for row in csv.DictReader(lines)] == ["1.2", "1.2", "1.1"]
    else:
        assert [json.loads(line)["agd_mgy"] for line in lines] == [1.2, 1.2, 1.1]


def test_a_workbook_cannot_go_to_standard_output():
    with pytest.raises(CommandError, match="Give --out a file name") as error:
        run("ct", "--format", "xlsx", "--out", "-")
    assert error.value.returncode == 1


def test_nothing_that_matches_is_an_error_and_makes_no_file(tmp_path):
    with pytest.raises(CommandError, match="No study meets the filters") as error:
        run("ct", "--out", tmp_path / "ct.csv", "dlp_min=1e6")
    assert error.value.returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--out", "x.csv", "dlp=5"), "There is no filter 'dlp'. Known: .*dlp_min"),
        (("--out", "x.csv", "thorax"), "NAME=VALUE, not 'thorax'"),
        (("--out", "x.csv", "--format", "xls"), "no export 'xls' for CT. Known: .*csv"),
        ((), "--out is missing"),
    ],
)
def test_wrong_arguments_are_said_with_status_2(arguments, words):
    with pytest.raises(CommandError, match=words) as error:
        run("ct", *arguments)
    assert error.value.returncode == 2


def test_a_folder_that_is_not_there_and_one_in_place_of_a_file(tmp_path):
    with pytest.raises(CommandError, match="There is no folder"):
        run("ct", "--out", tmp_path / "nowhere" / "ct.csv")
    with pytest.raises(CommandError, match="is a folder"):
        run("ct", "--out", tmp_path)


def test_a_signal_to_end_leaves_no_file(tmp_path, monkeypatch):
    def terminate(done, total, what=""):
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("kerma.exports.base.silent", terminate)
    with pytest.raises(SystemExit) as ended:
        run("ct", "--out", tmp_path / "ct.csv")

    assert ended.value.code == 143
    assert list(tmp_path.iterdir()) == []


def test_the_formats_can_be_listed_with_their_choices():
    out, _ = run("ct", "--list")
    assert {"csv", "xlsx", "parquet", "json"} <= {line.split(":")[0] for line in out.splitlines()}
    assert "--option mark=no|yes" in out


def test_the_help_names_the_filters():
    assert "dlp_min=100" in Command.help
