"""Doses of the past: lists and single studies become studies marked as entered by hand."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from msgspec.structs import replace

from kerma.pipeline.historical import cells, fields, imports, listed, manual
from kerma.pipeline.historical.entry import Entry, Scan, entry_of
from kerma.pipeline.historical.listed import UnclearList
from kerma.pipeline.size_table import read_table
from kerma.records import Device, Totals
from kerma.store import packing
from kerma.store.models import (
    AuditEntry,
    CtEvent,
    HistoricalDoses,
    HistoricalStudy,
    IdentityPolicy,
    Quarantine,
    Source,
    Study,
)
from tests.query.hospital import ct_event, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

LIST = """\
accession_number,study_date,study_time,manufacturer,model,station_name,patient_id,sex,age_years,\
study_description,protocol,type,kvp,ctdivol_mgy,dlp_mgycm,scan length (mm),phantom
A1,2004-03-01,09:30,Acme,Old 4,CT1,P1,F,61,Thorax,Topogram,scout,120,,,,
A1,2004-03-01,09:30,Acme,Old 4,CT1,P1,F,61,Thorax,Thorax,helical,120,8.0,240.0,300,body
A2,2004-03-02,10:00,Acme,Old 4,CT1,P2,M,40,Head,Head,axial,120,50.0,700.0,140,16 cm
"""


def run(text, choices=None, **more):
    found, _ = imports.receive(text.encode(), "old.csv")
    told = choices or imports.choices_of(found)
    imports.choose(found, replace(told, **more) if more else told)
    imports.start(found)
    imports.carry_on(found)
    found.refresh_from_db()
    return found


def test_rows_of_one_study_become_one_study(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        found = run(LIST)
    found.refresh_from_db()

    assert (found.studies, found.refused, found.state) == (2, 0, "done")
    thorax = Study.objects.get(study_description="Thorax")
    assert thorax.kinds == "manual"
    assert (thorax.dlp_mgycm, thorax.ctdivol_max_mgy, thorax.number_of_events) == (240, 8, 2)
    assert (thorax.localiser_events, thorax.spiral_events) == (1, 1)
    assert (thorax.sex, thorax.age_years) == ("F", 61)
    assert thorax.system.display_name
    head = CtEvent.objects.get(study__study_description="Head")
    assert head.phantom_type == "IEC Head Dosimetry Phantom"
    assert head.scanning_length_mm == 140
    assert found.upload == ""
    assert AuditEntry.objects.filter(action="import historical doses").exists()


def test_the_same_list_again_changes_nothing():
    run(LIST)

    again = run(LIST)

    assert (again.studies, again.repeated, again.refused) == (0, 2, 0)
    assert Source.objects.count() == 2


def test_an_import_is_undone_as_a_whole():
    found = run(LIST)

    assert imports.undo(found, None) == 0

    found.refresh_from_db()
    assert found.state == "undone"
    assert not Study.objects.exists()
    assert not HistoricalStudy.objects.exists()
    assert run(LIST).studies == 2


def test_other_values_are_not_mixed_with_those_of_before():
    run(LIST)
    changed = LIST.replace("8.0,240.0", "9.0,270.0")

    refused = run(changed)
    assert refused.refused == 1
    assert "other values are entered" in refused.log
    assert Study.objects.get(study_description="Thorax").dlp_mgycm == 240

    pk = Study.objects.get(study_description="Thorax").pk
    assert run(changed, replaces=True).studies == 1
    assert Study.objects.get(pk=pk).dlp_mgycm == 270
    assert CtEvent.objects.filter(study=pk).count() == 2


def test_units_are_brought_to_those_of_kerma_by_the_title():
    """0.24 Gy cm are 240 mGy cm; 0.8 cGy are 8 mGy; 30 cm are 300 mm."""
    run("accession;date;model;DLP (Gy*cm);CTDIvol [cGy];Scan length/cm\n"
        "A1;01.03.2004;Old;0,24;0,8;30\nA2;31.03.2004;Old;0,24;0,8;30\n")  # fmt: skip

    event = CtEvent.objects.first()
    assert (event.dlp_mgycm, event.ctdivol_mgy, event.scanning_length_mm) == (240, 8, 300)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("accession,study_date,model,dlp\nA1,2004-03-01,Old,240\n", "'dlp'"),
        ("accession,study_date,model,dlp_mgycm\nA1,03/04/2010,Old,240.5\n", "order of day and"),
        ('accession,study_date,model,dlp_mgycm\nA1,2004-03-01,Old,"1,234"\n', "1,234 may be"),
        ("accession;study_date;model;dlp_mgycm\nA1;2004-03-01;Old;1.234\n", "1,234 may be"),
        ("accession,model,dlp_mgycm\nA1,Old,240\n", "study date"),
        ("accession,study_date,dlp_mgycm\nA1,2004-03-01,240\n", "scanner"),
    ],
)
def test_what_cannot_be_told_of_a_list_must_be_chosen(text, words):
    table = read_table(text.encode())

    with pytest.raises(UnclearList, match=words):
        listed.check(table, listed.guess(table))


@pytest.mark.parametrize(
    ("values", "sign"),
    [
        (["240", "8"], "."),
        (["1234,5"], ","),
        (["1.234"], ""),
        (["1.234", "240.5"], "."),
        (["1,234", "12,5"], ","),
        (["0,008"], ","),
        (["0.008", "1.234"], "."),
        (["1.234,5"], ""),
        (["8.5", "8,5"], ""),
    ],
)
def test_the_decimal_sign_is_told_only_where_no_thousands_can_be_meant(values, sign):
    assert cells.told_decimal(values) == sign


def test_dates_in_no_known_order_are_faults_of_their_rows():
    found = run("accession,study_date,model,dlp_mgycm\nA1,03/14/19,Old,240\n")

    assert "Study date is no date as" in found.log


def test_dates_are_told_by_a_day_that_can_be_no_month():
    table = read_table(b"date,model,dlp_mgycm\n03/04/2010,Old,1\n25/04/2010,Old,2\n")

    assert listed.guess(table).dates == "dmy"


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("DLP [mGy*cm]", "dlp_mgycm mGy·cm"),
        ("dlp_mgycm", "dlp_mgycm mGy·cm"),
        ("Total DLP (mGy.cm)", "total_dlp_mgycm mGy·cm"),
        ("CTDIvol (mGy)", "ctdivol_mgy mGy"),
        ("kVp", "kvp kV"),
        ("mA", "tube_current_ma mA"),
        ("Größe (cm)", "height_m cm"),
        ("Rotation time (s)", "rotation_time_s s"),
        ("DLP", ""),
        ("CTDI", ""),
        ("CTDIw (mGy)", ""),
        ("Age", ""),
    ],
)
def test_titles_mean_a_column_only_with_their_unit(title, key):
    assert fields.guess([title]).get("0", "") == key


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A1,2004-03-01,Old,8.0,24O.0,300", "DLP of the acquisition, in mGy·cm is no number"),
        ("A1,2004-03-41,Old,8.0,240.0,300", "is no day of a calendar"),
        ("A1,,Old,8.0,240.0,300", "study date is missing"),
        ("A1,2004-03-01,,8.0,240.0,300", "scanner is missing"),
        (",2004-03-01,Old,8.0,240.0,300", "cannot be told from others"),
        ("A1,2004-03-01,Old,,,300", "there is no dose"),
        ("A1,2004-03-01,Old,8.0,2400.0,300", "lost decimal point"),
        ("A1,2004-03-01,Old,8.0,=240,300", "is no number"),
        ("A1,2004-03-01,Old,8.0,240.0,300,x", "7 cells under 6 titles"),
    ],
)
def test_a_faulty_row_is_refused_with_its_line_and_the_rest_is_done(row, words):
    title = "accession,study_date,model,ctdivol_mgy,dlp_mgycm,scan length mm\n"

    found = run(f"{title}{row}\nA9,2004-03-01,Old,8.0,240.0,300\n")

    assert (found.studies, found.refused) == (1, 1)
    assert found.log.startswith("Line 2: ")
    assert words in found.log
    assert not Quarantine.objects.exists()


def test_formulas_are_plain_text():
    run("accession,study_date,model,study description,dlp_mgycm\n"
        '"=2+2",2004-03-01,Old,"=HYPERLINK(""x"")",240\n')  # fmt: skip

    assert Study.objects.get().study_description == '=HYPERLINK("x")'


def test_a_total_alone_is_a_study_without_a_made_up_dose_of_an_acquisition():
    run("accession,study_date,model,total_dlp_mgycm\nA1,2004-03-01,Old,512\n")

    assert Study.objects.get().dlp_mgycm == 512
    event = CtEvent.objects.get()
    assert (event.dlp_mgycm, event.ctdivol_mgy) == (None, None)
    assert "Only the total" in event.comment


def test_numbers_that_disagree_are_stored_only_if_so_wanted():
    text = (
        "accession,study_date,model,total_dlp_mgycm,dlp_mgycm\n"
        "A1,2004-03-01,Old,500,200\nA1,2004-03-01,Old,500,240\n"
    )

    found = run(text)
    assert "add up to 440" in found.log
    assert run(text, takes_doubtful=True).studies == 1


TWICE = (
    "accession,study_date,model,series,dlp_mgycm,ctdivol_mgy\n" + 2 * "A1,2004-03-01,Old,2,200,8\n"
)


def test_a_row_that_is_there_twice_is_not_counted_twice_without_being_asked():
    found = run(TWICE)

    assert (found.studies, found.refused) == (0, 1)
    assert found.log.startswith("Lines 2 to 3: Line 3 is line 2 once more")
    assert run(TWICE, takes_doubtful=True).studies == 1
    assert Study.objects.get().dlp_mgycm == 400


@pytest.mark.parametrize(
    "text",
    [
        TWICE.replace("Old,2,200,8\n", "Old,3,200,8\n", 1),
        TWICE.replace("series", "total_dlp_mgycm").replace("Old,2,", "Old,400,"),
    ],
    ids=["told apart by a column", "told by the total"],
)
def test_acquisitions_that_are_alike_but_told_apart_are_two(text):
    assert run(text).studies == 1
    assert Study.objects.get().dlp_mgycm == 400


def test_the_total_of_a_study_that_is_there_twice_is_one_total():
    text = "accession,study_date,model,total_dlp_mgycm\n" + 2 * "A1,2004-03-01,Old,200\n"

    assert run(text).studies == 1
    assert Study.objects.get().dlp_mgycm == 200


def test_a_report_of_the_same_study_is_believed_in_either_order():
    uid = "1.2.840.99.1"
    text = f"study_uid,study_date,model,dlp_mgycm\n{uid},2004-03-01,Ray 1,240\n"
    run(text)
    event = ct_event(dlp_mgycm=250.0)
    store(uid, "CT", events=(event,), totals=Totals(dlp_mgycm=250.0))

    study = Study.objects.get()
    assert (study.kinds, study.dlp_mgycm, study.number_of_events) == ("CT RDSR", 250, 1)

    Source.objects.filter(kind="manual").delete()
    assert "believed more" in run(text.replace("240", "241")).log


def test_a_stored_study_with_the_accession_number_is_not_doubled():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"accession_number": "hash"})
    store("1.2.5", "CT", day="2004-03-01", events=(ct_event(),), accession_number="A1")

    found = run(LIST)

    assert "accession number is stored from a report" in found.log
    assert found.studies == 1


def test_a_row_costs_the_same_however_many_ct_studies_there_are():
    """Without statistics, SQLite takes the index of all CT studies if it may."""
    if connection.vendor != "sqlite":
        pytest.skip("reads the plans of SQLite")
    with CaptureQueriesContext(connection) as seen:
        run(LIST)

    on_studies = [q["sql"] for q in seen if q["sql"].startswith("SELECT") and "_study" in q["sql"]]
    with connection.cursor() as cursor:
        plans = [cursor.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in on_studies]
    steps = [step[-1] for plan in plans for step in plan]
    assert any("study_by_accession (accession_number=?)" in step for step in steps)
    assert not [step for step in steps if "modality=?" in step or step == "SCAN store_study"]


def test_made_uids_tell_nothing_of_the_patient(settings):
    run(LIST)
    first = set(Study.objects.values_list("study_instance_uid", flat=True))
    imports.undo(HistoricalDoses.objects.get(), None)
    settings.KERMA_IDENTITY_KEY = b"another site's key"

    run(LIST)

    assert first.isdisjoint(Study.objects.values_list("study_instance_uid", flat=True))
    assert all(uid.startswith("2.25.") and len(uid) <= 64 for uid in first)


def test_an_import_goes_on_where_it_was_stopped():
    found, _ = imports.receive(LIST.encode(), "old.csv")
    imports.start(found)
    imports.carry_on(found, 0.0)
    found.refresh_from_db()
    assert (found.rows_read, found.studies) == (2, 1)

    imports.carry_on(found)

    found.refresh_from_db()
    assert (found.rows_read, found.studies, found.state) == (3, 2, "done")


def test_many_rows_that_cannot_be_used_are_all_told_and_cost_little(django_assert_max_num_queries):
    """The log is written anew each time it grows, so that it must not grow row by row."""
    faulty = "".join(f"A{n},2004-03-01,Old,much\n" for n in range(1200))
    text = f"accession,study_date,model,dlp_mgycm\n{faulty}B1,2004-03-01,Old,200\n"

    with django_assert_max_num_queries(90):
        found = run(text)

    lines = found.log.splitlines()
    assert [line.split(":")[0] for line in lines] == [f"Line {n}" for n in range(2, 1202)]
    assert (found.rows_read, found.studies, found.refused) == (1201, 1, 1200)


def test_an_import_that_stops_among_unusable_rows_tells_each_of_them_once():
    faulty = "".join(f"A{n},2004-03-01,Old,much\n" for n in range(700))
    found, _ = imports.receive(f"acc no,date,model,dlp_mgycm\n{faulty}".encode(), "old.csv")
    imports.start(found)

    imports.carry_on(found, 0.0)
    found.refresh_from_db()
    assert 0 < found.rows_read < 700
    told: list[str] = []
    imports.carry_on(found, say=told.append)

    found.refresh_from_db()
    assert found.log.count("Line") == found.refused == 700
    assert told == found.log.splitlines()[-len(told) :]
    assert found.state == "done"


ENTRY = Entry(
    study_date=dt.date(2004, 3, 1),
    study_time=dt.time(9, 30),
    study_description="Thorax",
    patient_id="P1",
    device=Device(manufacturer="Acme", model="Old 4", station_name="CT1"),
    total_dlp_mgycm=240.0,
    scans=(
        Scan(protocol="Thorax", acquisition_type="Spiral Acquisition", kvp=120.0, ctdivol_mgy=8.0,
             dlp_mgycm=240.0, scanning_length_mm=300.0, phantom_mm=320, pitch=1.2,
             rotation_time_s=0.5, collimation_mm=10.0, tube_current_ma=200.0),
    ),
)  # fmt: skip


def test_a_study_is_entered_corrected_and_removed(admin_user):
    manual.enter(ENTRY, admin_user)
    one = HistoricalStudy.objects.get()
    pk = Study.objects.get().pk

    stored = manual.stored_entry(one)
    scan = replace(stored.scans[0], dlp_mgycm=250.0)
    manual.correct(one, replace(stored, scans=(scan,), total_dlp_mgycm=250.0), admin_user)

    assert Study.objects.get().pk == pk
    assert Study.objects.get().dlp_mgycm == 250
    manual.remove(HistoricalStudy.objects.get(), admin_user)
    assert not Study.objects.exists()
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", "user_name"))
    assert [action.split()[0] for action, _ in actions] == ["enter", "correct", "remove"]
    assert {name for _, name in actions} == {admin_user.get_username()}


def test_what_is_stored_is_what_was_entered():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "store"})
    manual.enter(ENTRY, None)

    found = entry_of(packing.unpack(Source.objects.get().record))

    assert found.scans == ENTRY.scans
    assert (found.patient_id, found.study_date, found.study_time, found.total_dlp_mgycm) == (
        "P1", ENTRY.study_date, ENTRY.study_time, 240.0
    )  # fmt: skip


def test_the_command_says_how_it_reads_and_what_it_did(tmp_path, capsys):
    path = tmp_path / "old.csv"
    path.write_text(LIST.replace("240.0", "2400.0"))

    with pytest.raises(CommandError, match="1 studies would be refused"):
        call_command("import-doses", str(path), "--dry-run")
    assert not HistoricalDoses.objects.exists()
    with pytest.raises(CommandError, match="1 studies were refused"):
        call_command("import-doses", str(path))

    said = capsys.readouterr()
    assert "commas between cells, decimals with a point" in said.out
    assert "Lines 2 to 3:" in said.err
    assert Study.objects.count() == 1


def test_the_command_keeps_no_list_that_it_cannot_read(tmp_path, settings):
    path = tmp_path / "old.csv"
    path.write_text("accession,study_date,model,DLP\nA1,2004-03-01,Old,200\n")

    with pytest.raises(CommandError, match="choose it with its unit"):
        call_command("import-doses", str(path))

    assert not list(Path(settings.KERMA_HOME).glob("uploads/*"))


def test_the_command_takes_what_it_is_told_of_columns(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("acc;tag;geraet;dosis\nA1;03/04/2010;Old;240,5\n")
    columns = ("acc=accession_number", "tag=study_date", "geraet=model", "dosis=dlp_mgycm mGy·cm")
    given = [word for column in columns for word in ("--column", column)]

    call_command("import-doses", str(path), *given, "--dates", "mdy")

    assert Study.objects.get().study_date == dt.date(2010, 3, 4)
    assert Study.objects.get().dlp_mgycm == 240.5
