"""The columns are as fresh as the database, whatever has changed, and whoever has read before."""

import random
import shutil
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from kerma import charts
from kerma.charts.cache import files, fresh
from kerma.query.selection import select
from kerma.records import Patient
from kerma.store import changes
from kerma.store.forget import forget_study
from kerma.store.models import CtEvent, Device, Study, StudyChange, System
from kerma.store.systems import rename, set_modality
from tests.charts.by_hand import Rows, check
from tests.charts.fresh_cache import forget_in_memory
from tests.charts.made_up import store_one, store_some
from tests.finality import wait_until_final
from tests.query.hospital import ct_event, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

NAMES = (
    "ct-acquisition-dlp", "ct-study-frequency", "ct-acquisition-ctdivol-over-time",
    "ct-standard-acquisition-frequency", "ct-study-dlp-mass", "ct-study-workload",
)  # fmt: skip


def check_all(modality="CT", names=NAMES):
    rows = Rows(modality)
    for name in names:
        chart = charts.find(name)
        check(chart, charts.compute(chart, select(modality, [])), rows)


def save(chance, place):
    store_one("CT", f"1.4.{place}.{chance.randrange(10**6)}", chance)


def add_a_report(chance, place):
    """Give a study that is there a second object."""
    study = _some(chance)
    if study is not None:
        store(study.study_instance_uid, "CT", room=study.station_name,
              events=(ct_event(acquisition_protocol="Late", dlp_mgycm=1.5),))  # fmt: skip


def delete(chance, place):
    study = _some(chance)
    if study is not None:
        forget_study(study)


def rename_system(chance, place):
    device = Device.objects.order_by("?").first()
    if device is not None:
        rename([device], chance.choice(("Room 1", "Scanner", "Zimmer Ä")))


def name_events(chance, place):
    """As the naming does: the columns are written, and the change is noted as derived."""
    study = _some(chance)
    if study is None:
        return
    CtEvent.objects.filter(study=study).update(standard_name=chance.choice(("", "A", "B")))
    with connection.cursor() as cursor:
        changes.note(cursor, [study.pk], derived=True)


def look(chance, place):
    check_all(names=NAMES[:2])


def begin_anew(chance, place):
    forget_in_memory()


STEPS = (save, add_a_report, delete, rename_system, name_events, look, begin_anew)


def _some(chance):
    ids = list(Study.objects.order_by("pk").values_list("pk", flat=True))
    return Study.objects.get(pk=chance.choice(ids)) if ids else None


@pytest.mark.parametrize("few", [0, 3, 2_000])
@pytest.mark.parametrize("seed", range(5))
def test_after_any_changes_charts_equal_the_rows(monkeypatch, few, seed):
    """`few` decides when what is kept is renewed: at each use, now and then, or never."""
    chance = random.Random(seed * 3 + few)
    monkeypatch.setattr(fresh, "FEW", few)
    store_some("CT", 4, seed)
    for place in range(12):
        chance.choice(STEPS)(chance, place)
    check_all()


def test_a_new_column_is_laid_beside_those_of_before():
    store_some("CT", 12)
    check_all(names=["ct-acquisition-frequency"])
    forget_study(Study.objects.exclude(number_of_events=0)[2])
    store_some("CT", 3, seed=7)
    check_all()


def test_a_new_column_is_read_of_changed_studies_too():
    store_some("CT", 6)
    check_all(names=["ct-study-frequency"])
    store_some("CT", 2, seed=4)
    check_all(names=["ct-study-frequency"])
    check_all()


def test_a_study_that_changes_while_a_column_is_read(monkeypatch):
    """The change comes after the log was looked at, and before the column is read."""
    store_some("CT", 6)
    store("1.5.1", "CT", study_description="Head", events=(ct_event(dlp_mgycm=3.0),))
    check_all(names=["ct-study-frequency", "ct-acquisition-frequency"])
    provide = fresh._provide

    def late(*given):
        store("1.5.1", "CT", study_description="Head",
              events=(ct_event(acquisition_protocol="A", dlp_mgycm=4.0),))  # fmt: skip
        return provide(*given)

    monkeypatch.setattr(fresh, "_provide", late)
    chart = charts.find("ct-acquisition-dlp")
    check(chart, charts.compute(chart, select("CT", [])), Rows("CT"))


def test_another_process_uses_the_files_and_sees_the_changes(monkeypatch):
    store_some("CT", 8)
    check_all()
    store_some("CT", 2, seed=5)
    forget_in_memory()
    reading = fresh.Generation.add
    monkeypatch.setattr(fresh.Generation, "add", lambda *_: pytest.fail("read in full"))
    check_all()
    monkeypatch.setattr(fresh.Generation, "add", reading)


def test_many_changes_are_folded_in_without_reading_everything(monkeypatch):
    store_some("CT", 8)
    check_all()
    monkeypatch.setattr(fresh, "FEW", 2)
    monkeypatch.setattr(fresh.Generation, "add", lambda *_: pytest.fail("read in full"))
    delete(random.Random(1), 0)
    for place in range(4):
        save(random.Random(place), place)
    wait_until_final()
    check_all()
    name = fresh._kept["CT"].name
    check_all()
    assert name == fresh._kept["CT"].name


def test_a_size_that_arrives_changes_the_scatter():
    store_some("CT", 6)
    check_all()
    store("1.5.1", "CT", study_description="Head", events=(ct_event(dlp_mgycm=3.0),))
    check_all()
    store("1.5.1", "CT", study_description="Head", patient=Patient(weight_kg=71.0),
          events=(ct_event(dlp_mgycm=3.0), ct_event(dlp_mgycm=4.0)))  # fmt: skip
    check_all()


def test_a_study_that_changes_its_modality_changes_sides():
    for name in ("a", "b"):
        store(f"1.6.{name}", "RF", room="Room 9", study_description="Swallow")
    both = (("RF", ["rf-study-frequency"]), ("DX", ["dx-study-frequency"]))
    for modality, names in both:
        check_all(modality, names)
    set_modality(System.objects.get(), "DX")
    for modality, names in both:
        check_all(modality, names)
    assert charts.compute(charts.find("dx-study-frequency"), select("DX", [])).cases == 2


def test_a_log_that_lost_its_newest_change_is_another_one():
    """As after a backup was restored: the same numbers may stand for other changes."""
    store_some("CT", 5)
    check_all()
    StudyChange.objects.order_by("-pk").first().delete()
    Study.objects.update(study_description="Other")
    store_some("CT", 1, seed=9)
    check_all()


def test_without_a_folder_the_columns_are_in_memory(monkeypatch, settings, tmp_path):
    settings.KERMA_HOME = tmp_path

    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(files, "folder_of", refuse)
    store_some("CT", 6)
    check_all()
    store_some("CT", 2, seed=3)
    check_all()
    assert not (tmp_path / "cache").exists()


def test_a_full_disk_keeps_nobody_from_the_chart(monkeypatch, caplog):
    def refuse(*_, **__):
        raise OSError(28, "No space left on device")

    store_some("CT", 6)
    monkeypatch.setattr(files, "save", refuse)
    check_all()
    store_some("CT", 2, seed=3)
    check_all()
    assert "No space left on device" in caplog.text


def test_a_folder_that_is_removed_is_made_again():
    store_some("CT", 6)
    check_all()
    shutil.rmtree(Path(settings.KERMA_HOME) / "cache")
    forget_in_memory()
    check_all()
    shutil.rmtree(Path(settings.KERMA_HOME) / "cache")
    store_some("CT", 2, seed=3)
    check_all(names=["ct-study-dlp"])
    check_all()
