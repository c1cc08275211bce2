"""`kerma skinmap` prints a map, writes a picture, or says why there is none."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from tests.dosimetry.skin_cases import beam
from tests.query.hospital import store

pytestmark = pytest.mark.django_db


def arrive(modality="RF", model="AXIOM-Artis"):
    event = beam(irradiation_event_uid="1.2.3.9")
    store("1.2.3", modality, maker="Siemens", model=model, events=(event,))


def printed(*arguments):
    out = io.StringIO()
    call_command("skinmap", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_json_holds_what_is_promised():
    arrive()

    found = json.loads(printed("1.2.3", "--json"))

    assert {"peak_skin_dose_gy", "peak_at", "rows", "cols", "map_gy", "phantom",
            "fraction_of_dap_on_phantom", "method", "state"} <= set(found)  # fmt: skip
    row, column = found["peak_at"]["row"], found["peak_at"]["col"]
    assert (len(found["map_gy"]), len(found["map_gy"][0])) == (found["rows"], found["cols"])
    assert found["map_gy"][row][column] == pytest.approx(found["peak_skin_dose_gy"], rel=1e-5)
    assert found["state"] == "plausible"
    assert found["fraction_of_dap_on_phantom"] == 1.0
    assert found["method"]["unit"] == "Gy"


def test_the_picture_is_a_png(tmp_path):
    arrive()

    assert printed("1.2.3", "--png", str(tmp_path / "map.png")) == ""

    with Image.open(tmp_path / "map.png") as picture:
        assert picture.format == "PNG"
        assert len(picture.getcolors(1 << 20)) > 50


def test_no_such_study():
    with pytest.raises(CommandError, match="No study with this"):
        printed("9.9.9")


def test_a_study_of_another_modality():
    arrive(modality="DX")

    with pytest.raises(CommandError, match="modality DX"):
        printed("1.2.3")


def test_an_unknown_geometry():
    arrive(model="Arc")

    with pytest.raises(CommandError, match="nothing is known of the geometry of Siemens Arc"):
        printed("1.2.3")


def test_a_picture_that_cannot_be_written(tmp_path):
    arrive()

    with pytest.raises(CommandError, match="cannot be written"):
        printed("1.2.3", "--png", str(tmp_path / "no" / "map.png"))
