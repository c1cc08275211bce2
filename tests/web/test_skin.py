"""Pages of skin dose: the part of a study, the map's own page, and what a site decides."""

import base64

import numpy as np
import pytest

from kerma.pipeline import follow_up, skin_dose
from kerma.records import Patient
from kerma.store import options
from kerma.store.models import IdentityPolicy, SkinGeometry, SkinMap, Study, Task, TubeCalibration
from tests.dosimetry.skin_cases import beam
from tests.query.hospital import store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

GEOMETRY = "/configuration/skin-dose/geometry/?manufacturer=Acme&model=Arc&version=1.0"


def arrive(uid="1.2.3", *, maker="Siemens", model="AXIOM-Artis", followed=True, **others):
    event = beam(irradiation_event_uid=f"{uid}.9")
    number = store(uid, "RF", maker=maker, model=model, events=(event,), **others)
    if followed:
        follow_up.follow(number)
    return number


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_study_shows_peak_band_place_and_state():
    number = arrive()
    peak = Study.objects.get().peak_skin_dose_gy

    page = text_of(client_of("view"), f"/study/{number}/")

    assert f"{peak * 1e3:.3g} <span" in page
    assert "±31" in page
    assert "Back of the trunk" in page or "back of the trunk" in page
    assert "Geometry plausible, not validated" in page
    assert "backscatter included" in page


def test_a_study_of_an_unknown_model_says_so_and_tells_administrators_where():
    number = arrive(model="Arc")

    seen = text_of(client_of("view"), f"/study/{number}/")
    by_admin = text_of(client_of("view", "admin"), f"/study/{number}/skin/")

    assert "nothing is known of the geometry of Siemens Arc" in seen
    assert "Skin dose settings" not in seen
    assert "/configuration/skin-dose/" in by_admin


def test_a_map_that_is_not_made_yet_is_made_on_demand():
    options.put("skin_maps", False)
    number = arrive(followed=False)
    client = client_of("view")
    assert "Make the map now" in text_of(client, f"/study/{number}/")

    answer = client.post(f"/study/{number}/skin/make/")

    assert answer["Location"] == f"/study/{number}/skin/"
    assert SkinMap.objects.get().peak_skin_dose_gy > 0


def test_the_page_states_what_is_computed_and_each_factor():
    number = arrive()

    page = text_of(client_of("view"), f"/study/{number}/skin/")

    for words in ("Absorbed dose to the skin, in water, in Gy; backscatter of the body included",
                  "15 cm from the isocentre toward the source", "Benmakhlouf",
                  "Dose-area product over dose at the reference point (1 event)",
                  "By region", "Events that give dose to the peak", "AXIOM-Artis"):  # fmt: skip
        assert words in page


def test_the_data_of_the_view_are_those_of_the_map():
    number = arrive()
    found = skin_dose.stored(SkinMap.objects.get())

    data = client_of("view").get(f"/study/{number}/skin/data/").json()

    doses = np.frombuffer(base64.b64decode(data["doses"]), dtype="<f4")
    rows, columns = (
        np.frombuffer(base64.b64decode(data[name]), dtype="<i2") for name in ("row", "column")
    )
    np.testing.assert_array_equal(found.map_gy[rows, columns], doses)
    assert doses.sum() == pytest.approx(found.map_gy.sum(), rel=1e-5)
    assert {label["words"] for label in data["labels"]} == {
        "head", "front", "back", "left side", "right side",
    }  # fmt: skip


def test_the_other_body_is_shown_without_being_stored():
    number = arrive()

    page = text_of(client_of("view"), f"/study/{number}/skin/?body=human")
    data = client_of("export").get(f"/study/{number}/skin/data/?body=human").json()

    assert "Human shape" in page
    assert "left leg" in data["parts"]
    assert skin_dose.stored(SkinMap.objects.get()).kind == "cuboid"


def test_the_sum_over_a_patient_is_offered_only_where_it_is_allowed():
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "hash"})
    numbers = [arrive(uid, patient=Patient(id="P1")) for uid in ("1.1", "1.2")]
    client = client_of("view")
    address = f"/study/{numbers[1]}/skin/"
    assert "sum=yes" not in text_of(client, address)

    options.put("skin_sum", True)

    assert "sum=yes" in text_of(client, address)
    page = text_of(client, f"{address}?sum=yes")
    assert "Sum over 2 studies" in page
    data = client.get(f"{address}data/?sum=yes").json()
    alone = SkinMap.objects.get(study=numbers[1]).peak_skin_dose_gy
    assert data["peak"]["dose"] == pytest.approx(2 * alone)


def test_the_picture_is_a_download_in_the_chosen_colours():
    number = arrive()
    client = client_of("view")

    plain, other = (
        client.get(f"/study/{number}/skin/image/{query}") for query in ("", "?colours=inferno")
    )

    assert plain["Content-Type"] == "image/png"
    assert f"skin-dose-{number}.png" in plain["Content-Disposition"]
    assert plain.content[:8] == other.content[:8] == b"\x89PNG\r\n\x1a\n"
    assert plain.content != other.content


def test_no_picture_and_no_data_without_a_map():
    number = arrive(model="Arc")
    client = client_of("view")

    assert client.get(f"/study/{number}/skin/image/").status_code == 404
    assert client.get(f"/study/{number}/skin/data/").status_code == 404


def test_an_administrator_enters_the_geometry_of_a_model():
    number = arrive(maker="Acme", model="Arc")
    client = client_of("admin")
    assert "Geometry unknown" in text_of(client, "/configuration/skin-dose/")
    form = client.get(GEOMETRY).context["form"]
    given = {name: form[name].value() for name in form.fields}

    answer = client.post(
        GEOMETRY,
        given | {"state": "plausible", "all_versions": "on", "left_sign": "-1", "comment": "Film"},
    )

    assert answer.status_code == 302
    entry = SkinGeometry.objects.get()
    assert (entry.manufacturer, entry.model, entry.software_version) == ("Acme", "Arc", "")
    assert entry.settings["left"] == {
        "field": "table_longitudinal_mm", "sign": -1, "offset_cm": 0.0,
    }  # fmt: skip
    assert Task.objects.get().arguments["model"] == "Arc"
    made = skin_dose.make(Study.objects.select_related("device").get(pk=number))
    assert (made.state, made.method["geometry"]["source"]) == ("plausible", "Film")
    assert "This site." in text_of(client, "/configuration/skin-dose/")

    client.post("/configuration/skin-dose/geometry/delete/", {"number": entry.pk})
    assert not SkinGeometry.objects.exists()


def test_a_geometry_without_a_model_is_refused():
    answer = client_of("admin").get("/configuration/skin-dose/geometry/")

    assert answer.status_code == 400


def test_a_wrong_value_of_a_geometry_is_said_at_its_field():
    client = client_of("admin")
    form = client.get(GEOMETRY).context["form"]
    given = {name: form[name].value() for name in form.fields}

    answer = client.post(GEOMETRY, given | {"pad_cm": "-3"})

    assert "greater than or equal to 0" in answer.content.decode()
    assert not SkinGeometry.objects.exists()


def test_a_calibration_is_entered_and_deleted():
    arrive()
    client = client_of("admin")
    system = Study.objects.get().system

    client.post(
        "/configuration/skin-dose/calibration/",
        {"system": system.pk, "plane": "", "factor": "1.1", "valid_from": "2026-01-01"},
    )

    entry = TubeCalibration.objects.get()
    assert (entry.factor, entry.system) == (1.1, system)
    assert "<b>1.1</b>" in text_of(client, "/configuration/skin-dose/")
    client.post(f"/configuration/skin-dose/calibration/{entry.pk}/delete/")
    assert not TubeCalibration.objects.exists()


def test_choosing_another_body_makes_all_maps_anew():
    arrive()
    client = client_of("admin")

    client.post(
        "/configuration/skin-dose/",
        {"skin_maps": "on", "skin_body": "human", "skin_sum_weeks": "8"},
    )

    assert options.several("skin_body", "skin_sum_weeks") == ["human", 8]
    assert Task.objects.get().job == "skin-maps"
