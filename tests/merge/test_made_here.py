"""What Kerma made itself of a screen, of images or by hand is left out beside a report."""

from itertools import permutations

import pytest

from kerma.merge import merge
from kerma.records import CtEvent, Device, StudyHeader, StudyRecord, Totals


def record(kind: str, uid: str, dlp: float) -> StudyRecord:
    """Return a study of one event under a UID of its own."""
    return StudyRecord(
        kind=kind,
        modality="CT",
        manufacturer="Acme",
        study=StudyHeader(study_instance_uid="1.2", sop_instance_uid=f"9.{uid}"),
        device=Device(manufacturer="Acme", serial_number="S1"),
        totals=Totals(dlp_mgycm=dlp),
        events=(CtEvent(irradiation_event_uid=uid, dlp_mgycm=dlp),),
    )


CHAIN = [
    record("Philips CT dose info", "1", 100.0),
    record("CT dose screen", "2", 101.0),
    record("manual", "3", 102.0),
    record("estimated", "4", 103.0),
]


@pytest.mark.parametrize("kind", ["CT RDSR", "enhanced SR", "Philips CT dose info"])
def test_what_a_device_said_counts_before_what_was_read_off_its_screen(kind):
    for records in permutations([record(kind, "1", 100.0), *CHAIN[1:]]):
        [study] = merge(records)

        assert study.record.totals.dlp_mgycm == 100.0


@pytest.mark.parametrize("first", range(len(CHAIN) - 1))
def test_only_the_best_source_counts_whatever_the_order(first):
    for records in permutations(CHAIN[first:]):
        [study] = merge(records)

        assert study.record.totals.dlp_mgycm == CHAIN[first].totals.dlp_mgycm
        assert [e.irradiation_event_uid for e in study.record.events] == [str(first + 1)]
        others = [s for sop, s in study.states.items() if sop != f"9.{first + 1}"]
        assert set(others) == {"superseded"}
