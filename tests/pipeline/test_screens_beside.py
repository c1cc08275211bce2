"""Images among the captures of a study: left out beside a screen that is whole, never a page."""

import io

import numpy as np
import pydicom
import pytest
from django.contrib.auth.models import User

from kerma.demo.screens import old_scanners
from kerma.pipeline.screens import acts, look
from kerma.pipeline.screens.blank import gray_of
from kerma.pipeline.screens.recheck import Found, recheck
from kerma.screens.reading import Reading, ScreenTable
from kerma.store import screens
from kerma.store.models import ScreenPicture, ScreenStudy, Source
from tests.pipeline.old_scans import AT, drawn, stored
from tests.screens.test_images import ct_slice, localiser, rendering

pytestmark = [
    pytest.mark.django_db, pytest.mark.both_databases,
    pytest.mark.usefixtures("at_once", "trained"),
]  # fmt: skip

EXAM = old_scanners.toshiba_study(0, AT)


def captured(gray, number: int, **header: object) -> bytes:
    """Return a capture of the study beside its screen."""
    found = pydicom.dcmread(io.BytesIO(EXAM.files[0]))
    found.PixelData = gray.tobytes()
    found.Rows, found.Columns = gray.shape
    found.SOPInstanceUID = found.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
    found.InstanceNumber = number
    for name, value in header.items():
        setattr(found, name, value)
    buffer = io.BytesIO()
    found.save_as(buffer)
    return buffer.getvalue()


IMAGES = (captured(ct_slice(864, 1264), 0), captured(rendering(), 7), captured(localiser(), 8))
"""One before the screen, two behind it."""


def test_images_are_noted_and_hold_nothing_up(bring):
    bring(*EXAM.files, *IMAGES)

    study = ScreenStudy.objects.get()
    assert study.state == "stored"
    assert stored(EXAM) == drawn(EXAM)
    assert set(screens.reading_of(study).left_out) == {"1.2.3.0", "1.2.3.7", "1.2.3.8"}
    assert ScreenPicture.objects.count() == 4
    assert {cell.page for row in screens.reading_of(study).table.rows for cell in row.cells} == {0}
    assert not ScreenPicture.objects.get(number=0).sop_instance_uid.startswith("1.2.3.")


def test_nothing_of_them_is_kept_to_be_seen(bring):
    """An image may have the patient's name across it; nobody needs it beside the doses."""
    bring(*EXAM.files, *IMAGES)

    left_out = ScreenPicture.objects.filter(sop_instance_uid__startswith="1.2.3.")
    assert all(one.is_blanked and not gray_of(screens.png(one)).any() for one in left_out)
    assert gray_of(screens.png(ScreenPicture.objects.get(number=0))).any()


def test_again_and_checked_again_it_is_the_same(bring):
    bring(*EXAM.files, *IMAGES)
    before = list(Source.objects.values())

    bring(*EXAM.files, *IMAGES)

    assert list(Source.objects.values()) == before
    assert recheck(ScreenStudy.objects.get()) == Found.SAME
    assert ScreenPicture.objects.count() == 4


def test_a_late_one_changes_nothing_either(bring):
    bring(*EXAM.files)
    before = list(Source.objects.values())

    bring(IMAGES[1])

    assert list(Source.objects.values()) == before
    assert ScreenStudy.objects.get().state == "stored"
    assert ScreenPicture.objects.count() == 2


@pytest.mark.parametrize(
    "other",
    [
        captured(rendering(), 9, SeriesDescription="Dose Report"),
        captured(255 - old_scanners.ge_screens(7, AT)[0].gray, 9),
    ],
    ids=["an image whose header says dose", "a text in letters that nobody knows"],
)
def test_what_may_be_a_page_holds_the_study_up(bring, other):
    bring(*EXAM.files, other)

    assert ScreenStudy.objects.get().state != "stored"
    assert not Source.objects.exists()


def test_a_page_in_known_letters_holds_it_up_whatever_is_behind_it(bring):
    """A further report of doses, drawn over an image."""
    screen = gray_of_screen()
    high, wide = screen.shape
    both = np.zeros((high + 512, max(wide, 512)), np.uint8)
    both[:high, :wide] = screen
    both[high:, :512] = ct_slice(864, 1264)

    bring(*EXAM.files, captured(both, 9))

    assert ScreenStudy.objects.get().state != "stored"


def test_images_alone_wait_with_a_sentence_and_ask_for_no_letters(bring):
    bring(*IMAGES)

    study = ScreenStudy.objects.get()
    assert (study.state, study.unknown_glyphs) == ("review", 0)
    assert "images of the patient" in screens.reading_of(study).trouble


def test_while_the_table_waits_they_are_there_to_be_looked_at(bring):
    doubted = old_scanners.toshiba_study(0, AT, total_mgycm=999.9)
    bring(doubted.files[0], *IMAGES)
    study = ScreenStudy.objects.get()

    assert study.state == "review"
    assert len(screens.reading_of(study).table.rows) == len(EXAM.table.rows)
    left_out = ScreenPicture.objects.filter(sop_instance_uid__startswith="1.2.3.")
    assert not left_out.filter(is_blanked=True).exists()
    assert all(gray_of(screens.png(one)).any() for one in left_out)

    acts.correct(study, screens.reading_of(study).table, User.objects.create_user("ana"), "So.")
    assert ScreenStudy.objects.get().state == "stored"


def test_without_a_total_nothing_proves_that_no_page_is_among_them():
    table = ScreenTable(layout="siemens")

    found = look._without(Reading(table=table), ["1.2.3"])

    assert not found.is_believed
    assert "no total proves" in found.doubts[0].sentence
    assert not look._without(Reading(table=table), []).doubts


def gray_of_screen():
    from kerma.extract.screens.pictures import pictures

    return pictures(EXAM.files[0])[0].gray
