"""What the logs say of patients: nothing, whatever arrives."""

import logging
import shutil
import subprocess

import pytest

from kerma.dicom import tags
from kerma.dicom.files import read_file
from kerma.dicom.write import to_bytes
from kerma.errors import KermaError
from kerma.pipeline.inbox import work_off
from kerma.store.models import Arrival, Quarantine
from tests.dicom.objects import image, report

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not shutil.which("dcmsend"), reason="DCMTK is not installed"),
]

PATIENT = {"PatientName": "Quackenbush^Zebulon", "PatientID": "PID-90817263"}


def send(port, *paths):
    """Send files as a modality does, going on past those that are refused."""
    words = ["dcmsend", "--no-halt", "--no-uid-checks", "localhost", str(port)]
    subprocess.run([*words, *map(str, paths)], check=False, capture_output=True)


def said_of(path):
    """Return name and id of the patient of an object, and the parts of the name."""
    try:
        header = read_file(path).data_set
    except KermaError:
        return set()
    name, number = header.first(tags.PatientName), header.first(tags.PatientID)
    return {text for text in (name, *name.split("^"), number) if len(text) > 4}


def written(caplog):
    """Return all that was logged, with its tracebacks, and what pages say of arrivals."""
    formatter = logging.Formatter("%(message)s")
    lines = [formatter.format(record) for record in caplog.records]
    lines += [f"{one.reason} {one.caller}" for one in Arrival.objects.all()]
    lines += list(Quarantine.objects.values_list("reason", flat=True))
    return "\n".join(lines)


def test_no_name_or_id_is_written_whatever_becomes_of_an_object(open_store, tmp_path, caplog):
    good = to_bytes(report(SOPInstanceUID="1.2.1", StudyInstanceUID="1.2", **PATIENT))
    made = {
        "good.dcm": good,
        "again.dcm": good,
        "image.dcm": to_bytes(image(SOPInstanceUID="1.2.3", StudyInstanceUID="1.2", **PATIENT)),
        "cut.dcm": good[: len(good) * 2 // 3],
    }
    for name, data in made.items():
        (tmp_path / name).write_bytes(data)

    with caplog.at_level(logging.DEBUG):
        send(open_store().port, *(tmp_path / name for name in made))
        work_off()

    assert Arrival.objects.exists()
    assert caplog.records
    for word in ("Quackenbush", "Zebulon", "90817263"):
        assert word.lower() not in written(caplog).lower()


def test_no_name_or_id_of_the_shared_objects_is_written(open_store, shared_objects, caplog):
    objects = sorted(shared_objects.glob("*.dcm"))

    with caplog.at_level(logging.DEBUG):
        send(open_store().port, *objects)
        work_off()

    text = written(caplog)
    assert Arrival.objects.count() > 30
    assert [said for path in objects for said in said_of(path) if said in text] == []
