import io
import re
from collections import Counter

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.core.management.base import CommandError

from kerma.demo import institutions
from kerma.demo.tables import systems
from kerma.pipeline import exporting
from kerma.store.models import Export, Quarantine, ScreenStudy, Source, Study

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()


def demo(**options):
    said = io.StringIO()
    call_command("demo", stdout=said, stderr=io.StringIO(), **{"studies": 15, **options})
    return said.getvalue()


def test_the_hospital_is_in_the_database():
    demo()

    assert set(Study.objects.values_list("modality", flat=True)) == {"CT", "RF", "DX", "MG", "NM"}
    assert set(Study.objects.values_list("institution", flat=True)) == institutions()
    assert Study.objects.values("station_name").distinct().count() == len(systems())


def test_scanners_without_reports_leave_something_to_read_to_teach_and_to_review():
    demo(studies=20)

    states = Counter(ScreenStudy.objects.values_list("state", flat=True))
    assert states == {"stored": 3, "review": 1, "glyphs": 2}
    kinds = Counter(Source.objects.values_list("kind", flat=True))
    assert (kinds["CT dose screen"], kinds["estimated"]) == (3, 1)
    for study in Study.objects.filter(station_name="CT-SA-OLD"):
        assert study.dlp_mgycm > 0


def test_the_one_broken_object_is_in_quarantine_and_the_command_succeeds():
    demo(studies=1)

    assert Quarantine.objects.count() == 1
    assert Study.objects.count() == 1


def test_a_site_without_users_gets_an_administrator_who_can_log_in():
    said = demo(studies=0)

    password = re.search(r"with the password (\S+)", said)[1]
    user = authenticate(username="demo", password=password)
    assert user.is_superuser
    assert set(user.groups.all()) == set(Group.objects.all())
    assert Group.objects.exists()


def test_a_second_run_tells_a_new_password_to_whoever_lost_the_first():
    demo(studies=0)

    said = demo(studies=0)

    password = re.search(r"with the password (\S+)", said)[1]
    assert authenticate(username="demo", password=password) is not None
    assert User.objects.count() == 1


def test_users_that_exist_are_left_alone():
    User.objects.create_user("anna")

    said = demo(studies=0)

    assert "password" not in said
    assert [user.username for user in User.objects.all()] == ["anna"]


def test_a_database_with_other_studies_is_refused_unless_told_otherwise():
    demo(studies=1)
    Study.objects.update(institution="A real hospital")

    with pytest.raises(CommandError, match="other studies"):
        demo(studies=1)

    assert "1 examinations" in demo(studies=1, mix=True)


def test_an_object_of_ones_own_does_not_close_the_demo():
    demo()
    Study.objects.filter(pk=Study.objects.first().pk).update(institution="A real hospital")
    before = set(Study.objects.values_list("pk", flat=True))

    said = demo(seed=2)

    assert set(Study.objects.values_list("pk", flat=True)) == before
    assert "no more are invented" in said
    assert "Log in as" in said


def test_the_objects_are_kept_where_wanted(tmp_path):
    demo(studies=2, out=tmp_path / "objects")

    assert len(list((tmp_path / "objects").rglob("*.dcm"))) >= 3


def test_a_phantom_study_is_marked_as_no_patient(monkeypatch):
    monkeypatch.setattr("kerma.demo.hospital.TEST_EVERY", 1)

    demo(studies=1)

    assert Study.objects.get().not_patient == "IDs:  | Names: physics*"


def test_a_negative_number_of_studies_is_refused():
    with pytest.raises(CommandError, match="negative"):
        demo(studies=-1)


def test_a_second_hospital_joins_the_first_one():
    demo(studies=2)
    before = Study.objects.count()

    demo(studies=3)

    assert Study.objects.count() == before + 3


def test_an_export_lies_ready_for_who_logs_in():
    demo(studies=15)

    export = Export.objects.get()
    assert (export.user.username, export.state) == ("demo", Export.State.DONE)
    assert exporting.file_of(export).stat().st_size == export.size_bytes
