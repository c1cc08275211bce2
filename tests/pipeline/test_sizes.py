"""Imports of heights and weights, from the list to the studies and back."""

import datetime as dt
import re

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError

from kerma.pipeline import kept_lists, sizes
from kerma.pipeline.kept_lists import ListGone
from kerma.pipeline.size_table import Columns, UnknownColumn, UnreadableList
from kerma.store.models import AuditEntry, IdentityPolicy, SizeEntry, SizeImport, Study
from tests.query.hospital import store

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both_databases]

COLUMNS = Columns("id", "height", "weight")


def begin(text, kind="accession", **choices):
    found, _ = sizes.receive(text.encode(), "list.csv")
    sizes.start(found, COLUMNS, kind, **choices)
    return found


def run(text, kind="accession", **choices):
    found = begin(text, kind, **choices)
    sizes.carry_on(found)
    return found


def size(uid="1.2"):
    return Study.objects.values_list("height_m", "weight_kg").get(study_instance_uid=uid)


def lists(home):
    return list((home / "uploads").glob("*.sealed"))


@pytest.fixture
def study():
    store("1.2", "CT", accession_number="A1")


def test_sizes_fill_what_is_missing_and_the_list_is_deleted(study, home):
    found = run("id,height,weight\nA1,170,80.5\nA9,180,90\n")

    assert size() == (1.70, 80.5)
    assert (found.state, found.rows_read, found.studies_changed) == ("done", 2, 1)
    assert lists(home) == []
    assert SizeImport.objects.get().upload == ""
    assert AuditEntry.objects.get().details["studies_changed"] == 1


def test_the_list_lies_encrypted_until_then(study, home):
    begin("id,height,weight\nA1,170,80.5\n")

    [path] = lists(home)
    assert b"A1,170" not in path.read_bytes()


def test_the_log_names_lines_and_no_ids(study):
    found = run("id,height,weight\nA1,170,x\nSECRET9,180,90\nA1,170,\n")

    assert found.log.splitlines() == [
        "Line 2: height 1.7 m set; refused: the weight is no number of kg.",
        "Line 3: no stored study has this id.",
        "Line 4: the study has these values or its own.",
    ]
    assert not re.search("A1|SECRET9", found.log)
    assert len(sizes.refused_lines(found)) == 1


def test_studies_are_found_by_study_instance_uid(study):
    run("id,height,weight\n1.2,170,80\n", kind="study-uid")

    assert size() == (1.70, 80.0)


def test_ids_are_hashed_before_they_are_compared_where_they_are_stored_hashed():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"accession_number": "hash"})
    store("1.2", "CT", accession_number="A1")

    run("id,height,weight\nA1,170,80\n")

    assert size() == (1.70, 80.0)


def test_what_is_there_is_kept_unless_it_shall_be_replaced(study):
    run("id,height,weight\nA1,170,80\n")

    run("id,height,weight\nA1,180,90\n")
    assert size() == (1.70, 80.0)
    run("id,height,weight\nA1,180,90\n", overwrite=True)
    assert size() == (1.80, 90.0)


@pytest.mark.parametrize(("overwrite", "changed"), [(False, 1), (True, 2)])
def test_a_dry_run_changes_nothing_and_says_what_would_change(study, overwrite, changed):
    store("1.3", "CT", accession_number="A2")
    run("id,height,weight\nA2,180,90\n")

    found = run("id,height,weight\nA1,170,80\nA2,181,90\n", dry_run=True, overwrite=overwrite)

    assert (found.studies_changed, size("1.2"), size("1.3")) == (changed, (None, None), (1.8, 90))
    assert "height 1.7 m, weight 80 kg would be set" in found.log


def test_after_a_dry_run_the_same_list_can_be_run(study, home):
    found = run("id,height,weight\nA1,170,80\n", dry_run=True)
    assert len(lists(home)) == 1

    sizes.start(found, COLUMNS, "accession")
    sizes.carry_on(found)

    assert size() == (1.70, 80.0)
    assert lists(home) == []


def test_an_import_that_was_interrupted_goes_on_where_it_was(study, monkeypatch):
    text = "id,height,weight\n" + "".join(f"N{n},170,80\n" for n in range(120)) + "A1,170,80\n"
    found = begin(text)

    sizes.carry_on(found, seconds=0)
    assert (found.state, found.rows_read) == ("running", 50)
    sizes.carry_on(found)

    assert (found.state, found.rows_read, found.studies_changed) == ("done", 121, 1)
    assert found.log.count("\n") == 121


def test_a_portion_that_fails_leaves_neither_sizes_nor_progress(study, monkeypatch):
    found = begin("id,height,weight\nA1,170,80\nA2,170,80\n")
    store("1.3", "CT", accession_number="A2")
    enter = sizes.sizes.enter

    def fail_at_the_second(uid, *values, **options):
        if uid == "1.3":
            raise OperationalError("disk full")
        return enter(uid, *values, **options)

    monkeypatch.setattr(sizes.sizes, "enter", fail_at_the_second)
    with pytest.raises(OperationalError):
        sizes.carry_on(found)

    assert (size("1.2"), size("1.3")) == ((None, None), (None, None))
    assert SizeImport.objects.get().rows_read == 0


def test_an_aborted_import_stops_and_can_be_undone(study, home):
    text = "id,height,weight\nA1,170,80\n" + "".join(f"N{n},170,80\n" for n in range(120))
    found = begin(text)
    sizes.carry_on(found, seconds=0)

    assert kept_lists.abort(found)
    sizes_before = SizeEntry.objects.count()

    assert SizeImport.objects.get().state == "aborted"
    assert (size(), sizes_before, lists(home)) == ((1.70, 80.0), 1, [])
    with pytest.raises(ListGone):
        sizes.carry_on(found)


def test_deleting_the_record_keeps_the_sizes(study):
    found = run("id,height,weight\nA1,170,80\n")

    sizes.remove(found, User.objects.create(username="ada"))

    assert not SizeImport.objects.exists()
    assert size() == (1.70, 80.0)
    assert AuditEntry.objects.filter(action="delete size import", user_name="ada").exists()


def test_a_list_nobody_goes_on_with_is_deleted_after_a_day(home):
    old, _ = sizes.receive(b"id,height\nA1,170\n", "old.csv")
    sizes.receive(b"id,height\nA1,170\n", "new.csv")
    SizeImport.objects.filter(pk=old.pk).update(made_at=old.made_at - dt.timedelta(days=2))

    sizes.drop_forgotten()

    states = SizeImport.objects.order_by("pk").values_list("file_name", "state")
    assert list(states) == [("old.csv", "aborted"), ("new.csv", "queued")]
    assert len(lists(home)) == 1


@pytest.mark.parametrize(("days", "state"), [(6, "running"), (8, "aborted")])
def test_an_import_nobody_lets_go_on_is_aborted_after_a_week(study, days, state):
    found = begin("id,height,weight\nA1,170,80\n")
    SizeImport.objects.update(made_at=found.made_at - dt.timedelta(days=days))

    sizes.drop_forgotten()

    assert SizeImport.objects.get().state == state


def test_a_column_that_is_not_there_starts_nothing():
    found, _ = sizes.receive(b"id,height\nA1,170\n", "list.csv")

    with pytest.raises(UnknownColumn):
        sizes.start(found, COLUMNS, "accession")

    assert SizeImport.objects.get().state == "queued"


def test_titles_without_rows_are_refused():
    with pytest.raises(UnreadableList, match="no rows"):
        sizes.receive(b"id,height,weight\n", "list.csv")
