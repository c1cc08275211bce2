import datetime as dt
import io
import math
import shutil
import subprocess
from collections import Counter
from statistics import median

import msgspec
import pydicom
import pytest

from kerma.demo import broken_study, draw_studies, hospital, institutions, write_objects
from kerma.demo.hospital import OUTLIER_EVERY, TEST_EVERY, Plan, draw_study
from kerma.demo.tables import systems
from kerma.dicom.files import read_bytes
from kerma.errors import DamagedObject
from kerma.extract import record_of
from kerma.merge import merge
from tests.demo.conftest import UNTIL

_EMPTY = (None, "", (), {})
KINDS = {
    "CT RDSR", "RF RDSR", "DX RDSR", "MG RDSR", "NM RRDSR",
    "DX image", "MG image", "NM image", "PT image",
}  # fmt: skip


def objects(studies):
    return [each for study in studies for each in study.objects]


def differences(said, found, path=""):
    """Yield where `found` lacks or contradicts what the record `said`; it may say more."""
    if isinstance(said, msgspec.Struct):
        for name in said.__struct_fields__:
            value = getattr(said, name)
            if value not in _EMPTY:
                yield from differences(value, getattr(found, name, None), f"{path}.{name}")
    elif isinstance(said, tuple):
        if len(said) != len(found or ()):
            yield f"{path}: {len(said)} are said, {len(found or ())} found"
            return
        for number, (one, other) in enumerate(zip(said, found, strict=True)):
            yield from differences(one, other, f"{path}[{number}]")
    elif isinstance(said, float):
        if not isinstance(found, int | float) or not math.isclose(said, found, rel_tol=1e-9):
            yield f"{path}: {said!r} is said, {found!r} found"
    elif said != found:
        yield f"{path}: {said!r} is said, {found!r} found"


def test_all_kinds_of_objects_occur(drawn):
    assert {each.record.kind for each in objects(drawn)} == KINDS


def test_extraction_finds_all_that_was_drawn(drawn):
    """The records were drawn first and written by code that shares nothing with the extraction."""
    wrong = [
        f"{each.name} {each.record.kind}{difference}"
        for each in objects(drawn)
        for difference in differences(each.record, record_of(read_bytes(each.data)))
    ]

    assert wrong == []


def test_nothing_needed_repair(drawn):
    """The objects follow the standard, so no quirk may apply and no note be made."""
    found = [record_of(read_bytes(each.data)) for each in objects(drawn)]

    assert [record.quirks for record in found if record.quirks] == []
    assert [record.notes for record in found if record.notes] == []


def test_merging_the_objects_gives_the_truth_of_each_study(drawn):
    wrong = []
    for study in drawn:
        records = [record_of(read_bytes(each.data)) for each in study.objects]
        merged = {each.record.modality: each.record for each in merge(records)}
        assert set(merged) == {truth.modality for truth in study.truths}
        for truth in study.truths:
            totals = merged[truth.modality].totals
            wrong += [
                f"{study.objects[0].name} {name}: {value} is true, {getattr(totals, name)} stored"
                for name in truth.__struct_fields__[4:]
                if (value := getattr(truth, name)) is not None
                and not math.isclose(value, getattr(totals, name) or 0.0, rel_tol=1e-6)
            ]
            if len(merged[truth.modality].events) != truth.events:
                wrong.append(f"{study.objects[0].name}: not {truth.events} events")

    assert wrong == []


def test_pydicom_reads_every_object(drawn):
    for each in objects(drawn):
        found = pydicom.dcmread(io.BytesIO(each.data))

        assert found.StudyInstanceUID == each.record.study.study_instance_uid
        assert found.file_meta.MediaStorageSOPInstanceUID == found.SOPInstanceUID


@pytest.mark.skipif(not shutil.which("dsrdump"), reason="DCMTK is not installed")
def test_dcmtk_prints_one_report_of_each_kind(drawn, tmp_path):
    reports = {each.record.kind: each for each in objects(drawn) if "SR" in each.record.kind}
    for each in reports.values():
        path = tmp_path / "report.dcm"
        path.write_bytes(each.data)

        printed = subprocess.run(["dsrdump", path], capture_output=True, text=True, check=False)

        assert printed.returncode == 0, f"{each.record.kind}: {printed.stderr}"
        assert "Dose Report" in printed.stdout


def test_a_seed_repeats_itself_and_another_is_another():
    first = objects(draw_studies(20, seed=3, until=UNTIL))
    again = objects(draw_studies(20, seed=3, until=UNTIL))
    other = objects(draw_studies(20, seed=4, until=UNTIL))

    assert [each.data for each in first] == [each.data for each in again]
    uids = {each.record.study.sop_instance_uid for each in first}
    assert uids.isdisjoint(each.record.study.sop_instance_uid for each in other)


def test_one_uid_never_means_two_different_objects():
    """Made again on another day, or with more studies, the content differs: so must the UIDs."""
    today = objects(draw_studies(16, seed=3, until=UNTIL))
    tomorrow = objects(draw_studies(16, seed=3, until=UNTIL + dt.timedelta(days=1)))
    more = objects(draw_studies(28, seed=3, until=UNTIL))
    known = {each.record.study.sop_instance_uid: each.data for each in today}

    for each in (*tomorrow, *more):
        assert known.get(each.record.study.sop_instance_uid, each.data) == each.data


def test_every_uid_is_valid_and_names_one_object(drawn):
    uids = [each.record.study.sop_instance_uid for each in objects(drawn)]

    assert len(set(uids)) == len(uids)
    assert all(pydicom.uid.UID(uid).is_valid for uid in uids)


def test_every_system_is_used_when_there_are_enough_studies(drawn):
    stations = {each.record.device.station_name for each in objects(drawn)}

    assert stations == {system.station_name for system in systems()}
    assert {each.record.device.institution for each in objects(drawn)} == institutions()


def planned_starts(studies):
    return [each.objects[0].record.study for each in studies]


def test_studies_lie_in_the_last_year_and_before_now(drawn):
    for study in planned_starts(drawn):
        start = dt.datetime.combine(study.study_date, study.study_time)

        assert UNTIL - dt.timedelta(days=366) < start < UNTIL


def test_weekdays_and_working_hours_are_busiest(drawn):
    studies = planned_starts(drawn)
    weekend = sum(study.study_date.weekday() >= 5 for study in studies)
    working_hours = sum(8 <= study.study_time.hour < 18 for study in studies)

    assert weekend < len(studies) * 2 / 7 / 1.3
    assert working_hours > len(studies) / 2


def test_a_silent_system_has_sent_nothing_lately():
    silent = next(system for system in systems() if system.silent_days)
    plans = [Plan(number, silent, 0, 20, 5, UNTIL) for number in range(20)]

    dates = [draw_study(plan).objects[0].record.study.study_date for plan in plans]

    assert max(dates) <= UNTIL.date() - dt.timedelta(days=silent.silent_days)


def draw_nth(key, nth):
    system = next(each for each in systems() if each.key == key)
    return draw_study(Plan(1000 + nth, system, nth, 40, 5, UNTIL))


def test_some_studies_are_of_phantoms():
    test, patient = draw_nth("ct-2", 3), draw_nth("ct-2", 4)

    assert test.truths[0].is_test
    assert test.objects[0].record.patient.name == "PHYSICS^TEST"
    assert not patient.truths[0].is_test
    assert draw_nth("ct-2", 3 + TEST_EVERY).truths[0].is_test


def test_some_doses_are_unusually_high():
    usual = [draw_nth("cath-lab", nth).truths[0].dap_gym2 for nth in range(7, 16)]
    outlier = draw_nth("cath-lab", 6 + OUTLIER_EVERY).truths[0].dap_gym2

    assert outlier > 2 * median(usual)


def test_a_cumulative_report_repeats_the_events_of_the_first():
    first, second = (each.record for each in draw_nth("ct-1", 1).objects)

    assert second.events[: len(first.events)] == first.events
    assert len(second.events) == len(first.events) + 1
    assert draw_nth("ct-1", 1).truths[0].events == len(second.events)


def test_a_continued_report_has_further_events_alone():
    study = draw_nth("ct-2", 1)
    first, second = (each.record for each in study.objects)

    uids = [{event.irradiation_event_uid for event in each.events} for each in (first, second)]
    assert uids[0].isdisjoint(uids[1])
    assert study.truths[0].events == len(uids[0]) + len(uids[1])


def test_a_pair_of_images_shows_one_exposure():
    study = draw_nth("mammo-2", 0)
    shown = Counter(each.record.events[0].irradiation_event_uid for each in study.objects)

    assert set(shown.values()) == {2}
    assert study.truths[0].events == len(shown) == 4


def test_a_pet_ct_examination_is_two_studies_of_one_uid():
    study = draw_nth("pet-ct", 0)

    assert {truth.modality for truth in study.truths} == {"CT", "NM"}
    assert len({each.record.study.study_instance_uid for each in study.objects}) == 1


def test_the_reference_point_dose_is_dap_over_the_area_there(drawn):
    """Inverse square law: the area at the reference point is that at the detector, scaled."""
    events = [
        event for each in objects(drawn) if each.record.kind == "RF RDSR"
        for event in each.record.events
    ]  # fmt: skip

    for event in events:
        scale = event.source_to_reference_point_mm / event.source_to_detector_mm
        area_m2 = event.collimated_field_area_m2 * scale**2
        assert event.rp_dose_gy == pytest.approx(event.dap_gym2 / area_m2, rel=1e-3)
        assert event.source_to_reference_point_mm == event.source_to_isocenter_mm - 150


def test_dlp_is_ctdivol_times_length(drawn):
    for each in objects(drawn):
        for event in each.record.events if each.record.kind == "CT RDSR" else ():
            expected = event.ctdivol_mgy * event.scanning_length_mm / 10
            assert event.dlp_mgycm == pytest.approx(expected, rel=0.01)


def test_the_broken_object_is_cut_short():
    (broken,) = broken_study(seed=7, until=UNTIL).objects

    with pytest.raises(DamagedObject):
        record_of(read_bytes(broken.data))


def test_files_are_what_was_drawn(tmp_path):
    written = write_objects(tmp_path, 5, seed=3, until=UNTIL)

    expected = objects(draw_studies(5, seed=3, until=UNTIL))
    assert written == len(expected) + 1 == len(list(tmp_path.rglob("*.dcm")))
    assert all((tmp_path / each.name).read_bytes() == each.data for each in expected)


def test_other_processes_write_the_same(tmp_path, monkeypatch):
    write_objects(tmp_path / "one", 4, seed=3, until=UNTIL)
    monkeypatch.setattr("kerma.demo.files._FEW", 0)
    write_objects(tmp_path / "many", 4, seed=3, until=UNTIL)

    one, many = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.dcm")}
        for folder in (tmp_path / "one", tmp_path / "many")
    )
    assert one == many


def test_every_record_kind_has_a_writer():
    assert set(hospital._WRITERS) == KINDS
