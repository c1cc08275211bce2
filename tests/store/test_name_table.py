"""Standard names out as CSV and in again, with every fault of a table named by its line."""

import csv
import io

import pytest

from kerma.pipeline import jobs as pipeline_jobs
from kerma.registry import load_all
from kerma.store import name_book, name_table
from kerma.store.models import AuditEntry, StandardName, StandardNameRule, Task
from kerma.store.name_table import TableRefused, enter, read, write

load_all(pipeline_jobs)

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

HEADING = ",".join(name_table.COLUMNS)


def table(*lines, heading=HEADING):
    return "\r\n".join((heading, *lines)) + "\r\n"


def contents():
    names = set(StandardName.objects.values_list("modality", "level", "name", "radlex_code"))
    rules = set(StandardNameRule.objects.values_list(
        "standard_name__name", "field", "kind", "pattern", "precedence"))  # fmt: skip
    return names, rules


@pytest.fixture
def some():
    head = name_book.name("CT", "study", "Head", radlex_code="RPID22")
    name_book.add_rule(head, "study_description", "=CT Head, plain")
    name_book.add_rule(head, "requested_procedure", r"\bbrain\b", "regex", 50)
    name_book.name("NM", "study", "Bone; whole body")


def test_what_goes_out_comes_in_the_same(some):
    text = write()
    before = contents()
    StandardName.objects.all().delete()

    enter(read(text).rows, replace=True)

    assert contents() == before


def test_formulas_do_not_run_in_a_spreadsheet(some):
    cells = [cell for row in csv.reader(io.StringIO(write())) for cell in row]

    assert "'=CT Head, plain" in cells
    assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_entering_the_same_again_changes_nothing(some):
    outcome = enter(read(write()).rows, replace=False)

    assert outcome == (0, 0, 0, 0)


def test_trying_changes_nothing_and_says_what_would_change(some):
    before = contents()
    found = read(table("CT,study,Chest,study_description,exact,Thorax,100,,,"))

    outcome = enter(found.rows, replace=True, try_only=True)

    assert outcome == (1, 1, 2, 2)
    assert contents() == before
    assert not Task.objects.exists()


def test_a_table_is_audited_and_applied(some):
    enter(read(table("CT,study,Chest,study_description,exact,Thorax,100,,,")).rows, replace=False)

    assert StandardName.objects.count() == 3
    assert Task.objects.get().job == name_book.APPLY
    assert AuditEntry.objects.get().details["rules_added"] == 1


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_a_byte_order_mark_are_read(separator):
    heading = separator.join(("modality", "level", "standard_name", "field", "pattern"))
    line = separator.join(("ct", "Study", "Chest", "study_description", "Thorax"))

    found = read(f"\ufeff{heading}\n{line}\n")

    assert found.faults == []
    assert found.rows[0][:6] == ("CT", "study", "Chest", "study_description", "exact", "Thorax")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("XX,study,A,,,,,,,", "modality must be"),
        ("CT,day,A,,,,,,,", "level must be"),
        ("NM,acquisition,A,,,,,,,", "level must be"),
        ("CT,study,,,,,,,,", "standard_name"),
        ("CT,study,A,acquisition_protocol,exact,x,,,,", "field must be"),
        ("CT,study,A,study_description,like,x,,,,", "kind must be"),
        ("CT,study,A,study_description,regex,(a+)+,,,,", "endless"),
        ("CT,study,A,study_description,exact,x,high,,,", "precedence"),
    ],
)
def test_faults_are_named_with_their_line(line, reason):
    found = read(table("CT,study,Good,study_description,exact,x,100,,,", "", line))

    (fault,) = found.faults
    assert fault.line == 4
    assert reason in fault.sentence
    assert len(found.rows) == 1


@pytest.mark.parametrize("text", ["", "\n", "a,b,c\n1,2,3\n", "modality,level\nCT,study\n"])
def test_what_is_no_such_table_is_refused(text):
    with pytest.raises(TableRefused):
        read(text)
