"""The export for openSkin: 39 columns without heading, one file for each study."""

import json

import pytest

from kerma.exports.formats.openskin import COLUMNS
from tests.exports.special import exported, lines, take_in, unzipped
from tests.query.hospital import exposure, store

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


def test_every_exposure_of_a_real_study_is_a_row_with_its_geometry(shared_objects):
    take_in(shared_objects / "RF-RDSR-Siemens-Zee.dcm")
    expected = json.loads(
        (shared_objects / "expected" / "RF-RDSR-Siemens-Zee.json").read_text(encoding="utf-8")
    )

    (file,) = unzipped(exported("openskin", "RF")[0]).values()
    rows = lines(file)

    events = expected["events"]
    assert [len(row) for row in rows] == [len(COLUMNS)] * len(events)
    for row, event in zip(rows, events, strict=True):
        assert row[0] == "Anon"
        assert float(row[10]) == pytest.approx(event["dap_gym2"])
        assert float(row[11]) == pytest.approx(event["rp_dose_gy"])
        assert float(row[12]) == pytest.approx(event["primary_angle_deg"])
        assert float(row[13]) == pytest.approx(event["secondary_angle_deg"])
        assert float(row[24]) == pytest.approx(event["kvp"])
        assert float(row[32]) == pytest.approx(event["source_to_detector_mm"])
        assert float(row[36]) == pytest.approx(event["table_height_mm"])
        assert float(row[34]) == pytest.approx(event["table_longitudinal_mm"])


def test_commas_become_semicolons_and_nobody_is_named(db):
    store("rf", "RF", events=(exposure("Fluoroscopy", acquisition_protocol="a, b", comment="x,y",
                                       exposure_mas=1.5),))  # fmt: skip
    store("empty", "RF")

    data, made = exported("openskin", "RF")
    (file,) = unzipped(data).values()
    (row,) = lines(file)

    assert (row[7], row[38], float(row[28])) == ("a; b", "x;y", 1500)
    assert made.notes == ("Studies without events, and so without a file: 1.",)
