"""Studies that were stored with a letter which a person corrects or removes afterwards.

What is stored must stay the table that was drawn, whatever the letters are called meanwhile.
"""

import pytest
from msgspec.structs import replace

from kerma.demo.screens import old_scanners
from kerma.pipeline import jobs as package
from kerma.pipeline.screens import acts
from kerma.registry import load_all
from kerma.screens import differences
from kerma.screens.reading import Reading, ScanRow, ScreenTable
from kerma.store import engine, glyph_sets, options, screens
from kerma.store.models import (
    CtEvent,
    GlyphSet,
    KnownGlyph,
    ScreenPicture,
    ScreenStudy,
    Source,
    Study,
)
from tests.pipeline.old_scans import AT, drawn, stored

pytestmark = [
    pytest.mark.django_db, pytest.mark.both_databases,
    pytest.mark.usefixtures("at_once", "trained"),
]  # fmt: skip

EXAM = old_scanners.toshiba_study(0, AT)


@pytest.fixture
def kept(bring) -> ScreenStudy:
    """Return a study that is stored as it was drawn."""
    bring(*EXAM.files)
    study = ScreenStudy.objects.get()
    assert study.state == "stored"
    assert stored(EXAM) == drawn(EXAM)
    return study


def shapes_of(text: str) -> list[KnownGlyph]:
    return list(KnownGlyph.objects.filter(text=text).order_by("pk"))


def rename(before: str, after: str) -> None:
    for one in shapes_of(before):
        glyph_sets.change_glyph(one, after, None)


def read_again() -> dict[str, int]:
    """Let the job run that follows a correction; return what it says it did."""
    load_all(package)
    scanner = glyph_sets.scanner_of_set(GlyphSet.objects.get())
    task = acts.read_again(scanner, None, and_stored=True)
    engine.run(task.pk)
    task.refresh_from_db()
    assert task.state == "done"
    return task.result


def sentences(study: ScreenStudy) -> str:
    return " ".join(doubt.sentence for doubt in screens.reading_of(study).doubts)


def a_letter_of_the_protocol() -> str:
    """Return a letter of a protocol's name: nothing but the letter says what it is."""
    name = next(row.protocol for row in EXAM.table.rows if row.protocol)
    return next(one for one in name if one.isalpha())


class TestCorrected:
    def test_a_letter_that_is_nowhere_changes_nothing(self, kept):
        before = ScreenStudy.objects.values().get(), list(Source.objects.values())
        spare = glyph_sets.shape_of(shapes_of("8")[0])
        strange = replace(spare, bits=bytes(255 - one for one in spare.bits))
        glyph_sets.name_glyph(strange, "Ω", screens.scanner_of(kept), None)
        rename("Ω", "Ψ")

        result = read_again()

        assert (ScreenStudy.objects.values().get(), list(Source.objects.values())) == before
        assert result == {"studies": 0, "stored": 0, "checked": 1, "changed": 0, "not_kept": 0}

    def test_another_number_goes_to_a_person_with_both_and_is_not_stored(self, kept):
        rename("8", "3")

        result = read_again()

        study = ScreenStudy.objects.get()
        assert result["changed"] == 1
        assert study.state == "review"
        assert stored(EXAM) == drawn(EXAM)
        reading = screens.reading_of(study)
        assert reading.before.rows == screens.reading_of(kept).table.rows
        assert reading.table.rows != reading.before.rows
        assert "is stored as" in sentences(study)
        assert "read now is" in sentences(study)

    def test_nor_is_a_word_that_no_check_could_find_wrong(self, kept):
        rename(a_letter_of_the_protocol(), "Ω")

        read_again()

        study = ScreenStudy.objects.get()
        assert study.state == "review"
        assert "Ω" in sentences(study)
        assert not CtEvent.objects.filter(acquisition_protocol__contains="Ω").exists()
        assert stored(EXAM) == drawn(EXAM)

    def test_set_right_again_it_is_as_it_was(self, kept):
        before = list(Source.objects.values())
        [picture] = ScreenPicture.objects.values_list("sealed_picture", flat=True)
        shown = screens.png(ScreenPicture.objects.get())
        eights = [one.pk for one in shapes_of("8")]
        rename("8", "3")
        read_again()

        for one in KnownGlyph.objects.filter(pk__in=eights):
            glyph_sets.change_glyph(one, "8", None)
        read_again()

        assert ScreenStudy.objects.get().state == "stored"
        assert list(Source.objects.values()) == before
        assert stored(EXAM) == drawn(EXAM)
        assert ScreenPicture.objects.get().sealed_picture == picture
        assert screens.png(ScreenPicture.objects.get()) == shown

    def test_what_a_person_then_decides_is_stored_instead(self, kept, user):
        rename(a_letter_of_the_protocol(), "Ω")
        read_again()
        study = ScreenStudy.objects.get()
        before = screens.reading_of(study).before
        rows = (replace(before.rows[0], protocol="Ωmega"), *before.rows[1:])

        acts.correct(study, replace(before, rows=rows), user)

        assert ScreenStudy.objects.get().state == "stored"
        assert CtEvent.objects.filter(acquisition_protocol="Ωmega").count() == 1
        assert Source.objects.count() == Study.objects.count() == 1
        assert stored(EXAM) == drawn(EXAM)

    def test_what_a_person_has_confirmed_is_left_alone(self, kept, user):
        acts.correct(kept, screens.reading_of(kept).table, user)
        rename("8", "3")

        result = read_again()

        assert result["checked"] == 0
        assert ScreenStudy.objects.get().state == "stored"

    def test_without_pictures_it_is_said_that_nobody_can_look(self, bring):
        options.put("keep_screens", False)
        bring(*EXAM.files)
        rename("8", "3")

        result = read_again()

        assert (result["checked"], result["not_kept"]) == (0, 1)
        assert ScreenStudy.objects.get().state == "stored"

    def test_again_it_changes_nothing_more(self, kept):
        rename("8", "3")
        read_again()
        before = screens.reading_of(ScreenStudy.objects.get())

        read_again()

        assert screens.reading_of(ScreenStudy.objects.get()) == before
        assert stored(EXAM) == drawn(EXAM)


class TestRemoved:
    def test_it_waits_for_the_letter_and_stays_stored_meanwhile(self, kept):
        for one in shapes_of("8"):
            glyph_sets.delete_glyph(one, None)

        read_again()

        study = ScreenStudy.objects.get()
        assert study.state == "glyphs"
        assert study.unknown_glyphs >= 1
        assert stored(EXAM) == drawn(EXAM)

    @pytest.mark.parametrize(("text", "state"), [("8", "stored"), ("3", "review")])
    def test_named_again_it_is_compared_with_what_is_stored(self, kept, text, state):
        shapes = [glyph_sets.shape_of(one) for one in shapes_of("8")]
        for one in shapes_of("8"):
            glyph_sets.delete_glyph(one, None)
        read_again()

        for shape in shapes:
            glyph_sets.name_glyph(shape, text, screens.scanner_of(kept), None)
        load_all(package)
        engine.run(acts.read_again(screens.scanner_of(kept), None).pk)

        assert ScreenStudy.objects.get().state == state
        assert stored(EXAM) == drawn(EXAM)


class TestDifferences:
    def test_each_value_is_named_with_its_row(self):
        before = ScreenTable(
            layout="ge", rows=(ScanRow(kvp=120.0, dlp_mgycm=300.5),), total_dlp_mgycm=300.5
        )
        now = replace(before, rows=(replace(before.rows[0], kvp=None, dlp_mgycm=800.5),))

        found = differences.compared(Reading(table=now), before)

        assert [(one.row, one.sentence) for one in found.doubts] == [
            (0, "120 is stored as the tube voltage in kV; read now is nothing."),
            (0, "300.5 is stored as DLP in mGy·cm; read now is 800.5."),
        ]
        assert not found.is_believed

    def test_rows_more_or_less_are_one_difference(self):
        before = ScreenTable(layout="ge", rows=(ScanRow(kvp=120.0),))

        found = differences.compared(Reading(table=replace(before, rows=())), before)

        assert [one.sentence for one in found.doubts] == [
            "The table is stored with 1 rows and has 0 as it is read now."
        ]
