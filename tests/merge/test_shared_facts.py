"""The facts about real objects, merged as the systems that made them expect."""

import itertools

import msgspec
import pytest

from kerma.merge import merge
from kerma.records import StudyRecord

_TAGS = {"CT RDSR": "ct", "NM RRDSR": "administration", "PT image": "administration"}
MULTI = ["CT-RDSR-Siemens-Multi-1", "CT-RDSR-Siemens-Multi-2", "CT-RDSR-Siemens-Multi-3"]
PET = ["", "-3-sameseries", "-2", "-3"]


@pytest.fixture
def known(expected):
    """Read the facts about an object as the record that an extractor would make of it."""

    def record(name: str) -> StudyRecord:
        facts = expected(name)
        image = facts.pop("image", None)
        uid = facts["study"]["series_instance_uid"]
        facts["series"] = [image | {"series_instance_uid": uid}] if image else []
        facts["device"] = {"manufacturer": facts["manufacturer"], "model": facts["model"]}
        facts["source_of_dose_information"] = []
        for event in facts["events"]:
            event["event_kind"] = _TAGS[facts["kind"]]
            event.pop("dose_check", None)
        return msgspec.convert(facts, StudyRecord)

    return record


def test_three_cumulative_reports_are_three_events_and_236_mgycm_in_any_order(known):
    records = [known(name) for name in MULTI]

    for order in itertools.permutations(records):
        (study,) = merge(order)

        assert study.record.totals.dlp_mgycm == 236.09
        assert study.record.totals.events_by_type == {
            "constant angle acquisition": 1,
            "spiral acquisition": 2,
        }
        assert len(study.states) == 3


@pytest.mark.parametrize(("count", "dlp"), [(1, 7.46), (2, 77.27), (3, 236.09)])
def test_each_cumulative_report_brings_the_study_up_to_date(known, count, dlp):
    (study,) = merge([known(name) for name in MULTI[:count]])

    assert (len(study.record.events), study.record.totals.dlp_mgycm) == (count, dlp)


def test_report_and_pet_images_are_one_study_beside_the_ct_of_the_examination(known):
    names = ["NM-CT-RDSR-Siemens", "NM-RRDSR-Siemens", *(f"NM-PetIm-Siemens{n}" for n in PET)]
    records = [known(name) for name in names]
    first = merge(records)

    for order in itertools.permutations(records):
        assert merge(order) == first
    ct, nuclear = (study.record for study in first)
    assert (ct.modality, len(ct.events)) == ("CT", 2)
    assert nuclear.totals.administered_activity_mbq == 394
    (event,) = nuclear.events
    assert event.start.isoformat() == "2022-02-24T10:40:30"
    assert event.administration_event_uid == "1.3.12.2.1107.5.1.4.11090.20220224104830.0"
    assert sorted(series.reconstruction_method for series in nuclear.series) == [
        "OSEM3D+TOF 4i5s",
        "PSF+TOF 4i5s",
        "PSF+TOF 7i5s",
    ]


def test_four_pet_images_without_report_are_one_administration_in_three_series(known):
    (study,) = merge([known(f"NM-PetIm-Siemens{n}") for n in PET])

    assert study.record.totals.administered_activity_mbq == 394
    assert [len(series.corrected_image) for series in study.record.series] == [6, 4, 6]
