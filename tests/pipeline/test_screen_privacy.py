"""Nobody's name can be read or drawn from what lies in the open while screens wait, or after.

Looked at are the columns as they are in the database, and every file of the home.
"""

import base64
import io
import json

import pydicom
import pytest
from django.db import connection
from msgspec.structs import replace

from kerma.demo.screens import old_scanners
from kerma.pipeline.screens import acts
from kerma.screens.page import Box
from kerma.screens.reading import Cell, Doubt, Reading, ScreenTable
from kerma.store import screen_readings, screens
from kerma.store.models import AuditEntry, ScreenPicture, ScreenStudy, Task
from kerma.web.screen_letters import key_of, unknown_of, waiting_for
from tests.pipeline.old_scans import AT

pytestmark = [
    pytest.mark.django_db, pytest.mark.both_databases, pytest.mark.usefixtures("at_once"),
]  # fmt: skip

_PNG, _DICOM = b"\x89PNG", b"DICM"


@pytest.fixture
def untaught(bring) -> ScreenStudy:
    """Return a study of whose screens no letter is known, the name's among them."""
    bring(*old_scanners.ge_study(7, AT).files)
    return ScreenStudy.objects.get()


@pytest.fixture
def doubted(bring, trained) -> ScreenStudy:
    """Return a study whose table is read and contradicts itself."""
    bring(*old_scanners.toshiba_study(0, AT, total_mgycm=999.9).files)
    return ScreenStudy.objects.get()


def columns() -> str:
    """Return every column of every row that screens write, as the database has it."""
    tables = [model._meta.db_table for model in (ScreenStudy, ScreenPicture, AuditEntry, Task)]
    with connection.cursor() as cursor:
        found = []
        for table in tables:
            cursor.execute(f"SELECT * FROM {table}")
            found += cursor.fetchall()
    return repr(found)


def shapes(study: ScreenStudy) -> list[str]:
    """Return the unknown shapes of a study as JSON would have them, in the open."""
    unknown = screens.reading_of(study).unknown
    return [base64.b64encode(seen.glyph.bits).decode() for _, seen in unknown]


class TestUnknownShapes:
    def test_are_kept_for_the_trainer_and_in_no_column_to_be_seen(self, untaught):
        kept = shapes(untaught)

        assert untaught.state == "glyphs"
        assert len(kept) > 100
        assert not [one for one in kept if one in columns()]
        assert '"unknown"' not in json.dumps(untaught.reading)

    def test_neither_are_the_guesses_of_the_second_reader(self, untaught):
        first = screens.reading_of(untaught)
        guesses = tuple((page, replace(seen, text="Q")) for page, seen in first.unknown[:9])

        assert screens.put_second(untaught, Reading(unknown=guesses, glyph_set="rapidocr"))

        untaught.refresh_from_db()
        assert screens.second_of(untaught).unknown == guesses
        assert '"Q"' not in json.dumps(untaught.second_reading)
        assert not [one for one in shapes(untaught) if one in columns()]

    @pytest.mark.parametrize("act", ["correct", "reject"])
    def test_go_once_a_person_has_decided(self, untaught, user, act):
        table = old_scanners.ge_study(7, AT).table
        first = screens.reading_of(untaught)
        screens.put_second(untaught, Reading(unknown=first.unknown, glyph_set="rapidocr"))
        untaught.refresh_from_db()

        if act == "correct":
            acts.correct(untaught, table, user, "Typed from the picture.")
        else:
            acts.reject(untaught, user)

        untaught.refresh_from_db()
        assert not screens.reading_of(untaught).unknown
        assert not screens.second_of(untaught).unknown
        assert "sealed" not in json.dumps([untaught.reading, untaught.second_reading])

    def test_under_another_key_it_is_said_that_they_cannot_be_opened(self, untaught, settings):
        settings.KERMA_IDENTITY_KEY = b"another"

        found = screens.reading_of(untaught)

        assert not found.unknown
        assert "identity key" in found.trouble

    def test_are_not_asked_for_in_the_order_of_a_name(self, untaught):
        """Letters that occur once would spell it, to people who may not see it."""
        scanner = screens.scanner_of(untaught)

        once = [one for one in unknown_of(waiting_for(scanner), {}) if one.times == 1]

        assert len(once) > 5
        assert [one.key for one in once] == sorted(key_of(one.glyph) for one in once)


class TestFiles:
    @pytest.mark.parametrize("act", ["wait", "correct", "reject"])
    def test_no_picture_and_no_object_lies_in_the_open(self, untaught, user, home, act):
        if act == "correct":
            table = old_scanners.ge_study(7, AT).table
            acts.correct(untaught, table, user, "Typed from the picture.")
        elif act == "reject":
            acts.reject(untaught, user)

        files = [path for path in (home / "screens").rglob("*") if path.is_file()]

        assert files
        for path in files:
            data = path.read_bytes()
            assert not data.startswith(_PNG)
            assert data[128:132] != _DICOM
        assert not list((home / "collected").rglob("*.dcm"))

    def test_a_picture_without_a_table_stays_one_that_may_name_the_patient(self, untaught, user):
        acts.correct(untaught, old_scanners.ge_study(7, AT).table, user, "Typed.")

        assert not ScreenPicture.objects.filter(is_blanked=True).exists()


class TestTexts:
    def test_a_line_not_understood_is_kept_nowhere(self):
        """A line within the table may be the name of a patient that was drawn over it."""
        cell = Cell(name="line", text="MUSTER^ERIKA", page=0, box=Box(1, 2, 3, 4))
        table = ScreenTable(layout="ge", strange=(cell,), patient_id="4711", comment="ERIKA")
        doubt = Doubt(name="line", sentence="A line was not understood.", cells=(cell,))

        stored = screen_readings.as_json(Reading(table=table, doubts=(doubt,)))

        assert not [text for text in ("MUSTER", "ERIKA", "4711") if text in json.dumps(stored)]
        [kept] = screen_readings.reading(stored).doubts
        assert [one.box for one in kept.cells] == [cell.box]

    def test_a_table_in_doubt_names_nobody(self, doubted, home):
        exam = old_scanners.toshiba_study(0, AT, total_mgycm=999.9)
        header = pydicom.dcmread(io.BytesIO(exam.files[0]), stop_before_pixels=True)
        names = [str(header.PatientID), *str(header.PatientName).split("^")]

        assert doubted.state == "review"
        assert not [name for name in names if name in columns()]
