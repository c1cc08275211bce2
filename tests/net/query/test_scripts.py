"""The scripts and `kerma query`: their options, their contradictions, a whole run."""

import datetime as dt
import sys

import pytest

from kerma.cli import query_door
from kerma.cli.main import run
from kerma.cli.management.commands import query as command
from kerma.net.wanted import Wanted
from kerma.store.models import LocalStore, Query
from tests.net.faulty_pacs import FaultyPacs
from tests.net.query.conftest import node_of
from tests.net.query.test_query import ct_study
from tests.net.query.test_retrieve import arrived

DAY = dt.date(2016, 5, 4)


def wanted_of(*given: str) -> tuple[str, str, Wanted]:
    """Return node, store and what is wanted by a command line of the script."""
    name, *rest = query_door.arguments("openrem_qr.py", given)
    parser = command.Command().create_parser("kerma", name)
    options = vars(parser.parse_args(rest))
    return options["node"], options["store"], command._wanted(options)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("1 2 -ct -mg", Wanted(modalities=("CT", "MG"))),
        ("1 2 -dx -fl -nm", Wanted(modalities=("RF", "DX", "NM"))),
        ("1 2 -sr", Wanted(sr_only=True)),
        (
            "1 2 -dx -f 2016-05-04 -t 2016-05-04",
            Wanted(modalities=("DX",), date_from=DAY, date_until=DAY),
        ),
        ("1 2 -ct --dfrom 2016-05-04", Wanted(modalities=("CT",), date_from=DAY)),
        (
            "1 2 -ct -sd 2016-05-04 -tf 1200 -tt 1500",
            Wanted(
                modalities=("CT",),
                date_from=DAY,
                date_until=DAY,
                time_from=dt.time(12),
                time_until=dt.time(15),
            ),
        ),
        (
            "1 2 -ct -sne A,b --stationname_study_level -toshiba -dup -emptysr",
            Wanted(
                modalities=("CT",),
                station_exclude=("a", "b"),
                station_at_study_level=True,
                toshiba=True,
                duplicates=True,
                empty_sr=True,
            ),
        ),
        ("1 2 -ct -i head", Wanted(modalities=("CT",), description_include=("head",))),
    ],
)
def test_the_options_of_the_script_mean_what_they_always_meant(given, wanted):
    node, store, found = wanted_of(*given.split(" "))

    assert (node, store) == ("1", "2")
    assert set(found.modalities) == set(wanted.modalities)
    assert found.as_json() | {"modalities": ()} == wanted.as_json() | {"modalities": ()}


def test_terms_are_cut_at_commas_trimmed_and_put_in_small_letters():
    _, _, found = wanted_of("1", "2", "-ct", "--desc_exclude", "Thorax, Neck ", "-sni", "MyStn")

    assert found.description_exclude == ("thorax", "neck")
    assert found.station_include == ("mystn",)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("1 2 -ct -sr", "-sr cannot be used with -ct"),
        ("1 2", "at least one of"),
        ("1 2 -ct -sd 2016-05-04 -f 2016-05-04", "cannot be used with --dfrom"),
        ("1 2 -ct -sd 2016-05-04 -t 2016-05-04", "cannot be used with --dfrom or --duntil"),
        ("1 2 -ct -tf 1200", "require --single_date"),
        ("1 2 -ct -f 2016-05-04 -tt 1200", "require --single_date"),
        ("1 -ct", "store_id"),
    ],
)
def test_contradictions_are_refused_with_status_2(given, said, capsys):
    with pytest.raises(SystemExit) as stopped:
        query_door.arguments("openrem_qr.py", given.split(" "))

    assert stopped.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "given",
    [
        "--modalities XX",
        "--modalities CT --date 5/4/2016",
        "--modalities CT --date 2016-05-04 --time-from 2560",
    ],
)
def test_values_that_mean_nothing_are_refused_with_status_2(given, db):
    with pytest.raises(SystemExit) as stopped:
        run(["query", "1", *given.split(" ")])

    assert stopped.value.code == 2


@pytest.mark.parametrize(
    "given",
    [
        "",
        "--modalities CT --sr-only",
        "--modalities CT --date 2016-05-04 --until 2016-05-05",
        "--modalities CT --from 2016-05-04 --until 2016-05-03",
        "--modalities CT --time-from 0900",
    ],
)
def test_options_of_the_command_that_contradict_each_other_are_refused(given, db):
    assert run(["query", "1", *given.split()]) == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["openrem_qr.py", "qrscu.py"])
def test_the_script_queries_and_retrieves(name, store, store_row, monkeypatch, capsys):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        node = node_of(pacs)
        monkeypatch.setattr(sys, "argv", [name, str(node.pk), str(store_row.pk), "-ct"])
        with pytest.raises(SystemExit) as stopped:
            query_door.qr()

    assert not stopped.value.code
    assert arrived() == ["1.2.1.2.1"]
    assert "1 of 1 studies to fetch (1 CT)" in capsys.readouterr().out
    assert Query.objects.get().state == Query.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_dry_run_fetches_nothing(store, store_row):
    with FaultyPacs(ct_study("1.2.1"), stores={"KERMA": store.port}) as pacs:
        node_of(pacs)
        status = run(["query", "PACS", "--store", "Kerma", "--modalities", "ct", "--dry-run"])

    assert status == 0
    assert not pacs.asked("move")
    assert Query.objects.get().state == Query.State.FOUND


@pytest.mark.django_db(transaction=True)
def test_a_retrieval_that_fails_is_status_1(store_row, capsys):
    with FaultyPacs(ct_study("1.2.1")) as pacs:
        node_of(pacs)
        status = run(["query", "PACS", "--store", "Kerma", "--modalities", "CT"])

    assert status == 1
    assert "does not know the store KERMA" in capsys.readouterr().err


@pytest.mark.django_db(transaction=True)
def test_an_unknown_node_names_those_there_are(capsys):
    LocalStore.objects.create(name="Kerma", ae_title="KERMA", port=11112)

    status = run(["query", "7", "--modalities", "CT"])

    assert status == 1
    assert "There is no remote node 7. Known: none." in capsys.readouterr().err
