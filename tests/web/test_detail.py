"""The page of one study: the answer, the events in any order, and everything else."""

import re

import pytest

from kerma.extract import read
from kerma.records import CtSource, DoseCheck, Filter
from kerma.store.models import Study
from kerma.web.totals import total_rows
from tests.conftest import shared_data
from tests.query.hospital import ct_event, exposure, store
from tests.store.helpers import arrive
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


def address(label):
    return f"/study/{Study.objects.get(study_instance_uid=label).pk}/"


def text_of(page):
    """Return the words of a page, tags left out."""
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", text.replace("\u202f", " "))


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("ct-thorax", ["DLP 150 mGy·cm", "Thorax LD Spiral Acquisition", "woman, 61 y, 70 kg"]),
        ("ct-head", ["boy, 5 y, 18 kg", "Head seq Sequenced Acquisition", "accession A200"]),
        ("rf-pci", ["2.5 Gy", "25 000 cGy·cm²", "10:20 min:s", "Over the alert level."]),
        ("dx-spine", ["DAP 120 cGy·cm²", "L spine lat"]),
        ("mg-wide", ["AGD, left breast 2.4 mGy", "Left medio-lateral oblique"]),
        ("nm-fdg", ["394 MBq", "Fluorodeoxyglucose Fluorine 18", "Bladder 51.2",
                    "Glucose 5.4 mmol/l", "PSF+TOF 4i5s"]),
    ],
)  # fmt: skip
def test_the_answer_and_the_events_are_there(hospital, label, words):
    page = text_of(client_of("view").get(address(label)))

    for one in words:
        assert one in page


def test_events_sort_by_any_head(db):
    store("a", "CT", events=tuple(
        ct_event(acquisition_protocol=name, dlp_mgycm=dlp)
        for name, dlp in (("B", 2.0), ("A", None), ("C", 1.0))
    ))  # fmt: skip
    client = client_of("view")

    def names(query):
        page = client.get(address("a") + query).content.decode()
        return re.findall(r'<span class="main">([ABC])</span>', page)

    assert names("") == ["B", "A", "C"]
    assert names("?events=acquisition_protocol") == ["A", "B", "C"]
    assert names("?events=-dlp_mgycm") == ["B", "C", "A"]
    assert names("?events=dlp_mgycm") == ["C", "B", "A"]
    assert names("?events=-number") == ["C", "A", "B"]
    assert names("?events=nonsense") == ["B", "A", "C"]


def test_events_of_one_type_alone(hospital):
    page = text_of(client_of("view").get(address("rf-pci") + "?type=Fluoroscopy"))

    assert "1 of 1 event" in page
    assert "Coro 15" not in page


def test_many_events_are_listed_when_asked_for(db):
    store("a", "RF", events=tuple(exposure("Fluoroscopy", dap_gym2=1e-6) for _ in range(150)))
    client = client_of("view")

    assert "100 of 150 events" in text_of(client.get(address("a")))
    assert "150 of 150 events" in text_of(client.get(address("a") + "?all=yes"))


def test_both_sources_of_a_dual_source_scan_are_shown(db):
    sources = (CtSource(source_id="A", kvp=100.0), CtSource(source_id="B", kvp=140.0))
    store("a", "CT", events=(ct_event(sources=sources, number_of_xray_sources=2),))

    assert "100 / 140" in text_of(client_of("view").get(address("a")))


def test_values_per_pulse_show_mean_and_range(db):
    store("a", "RF", events=(exposure("Fluoroscopy", kvp=75.0, kvp_values=(70.0, 80.0)),))

    page = text_of(client_of("view").get(address("a")))

    assert "75 70–80" in page
    assert "70, 80" in text_of(client_of("export").get(address("a") + "values/"))


def test_filters_are_named_with_their_mean_thickness(db):
    filters = (
        Filter(material="Copper or Copper compound", thickness_min_mm=0.2, thickness_max_mm=0.4),
        Filter(material="Aluminum or Aluminum compound", thickness_min_mm=1.0),
    )
    store("a", "RF", events=(exposure("Fluoroscopy", filters=filters),))

    assert "0.3 Cu + 1 Al" in text_of(client_of("view").get(address("a")))


def test_angles_are_said_as_people_say_them(db):
    """PS3.3 C.8.7.5.1.2: primary angle positive to the left (LAO), secondary to the head."""
    event = exposure("Fluoroscopy", primary_angle_deg=-28.0, secondary_angle_deg=2.0)
    store("a", "RF", events=(event,))

    page = text_of(client_of("view").get(address("a")))

    assert "RAO 28° CRA 2°" in page


def test_dose_checks_and_comments_are_shown(db):
    check = DoseCheck(dlp_alert_configured=True, alert_person_name="Luuk")
    store("a", "CT", events=(ct_event(dose_check=check, comment="Arms down"),))

    page = text_of(client_of("view").get(address("a")))

    assert "Arms down" in page
    assert "Alert person name Luuk" in page


def test_what_the_object_does_not_say_is_not_zero(db):
    store("a", "CT", events=(ct_event(dlp_mgycm=1.0), ct_event()))

    page = client_of("view").get(address("a")).content.decode()

    assert 'title="The object does not say">–' in page
    assert re.search(r">0<", page) is None


def test_a_study_without_anything_is_shown(db):
    store("a", "MG", day="", time="")

    page = text_of(client_of("view").get(address("a")))

    assert "No study description" in page
    assert "No date" in page
    assert "hold no events" in page


def test_a_test_object_is_told_from_a_patient(hospital):
    page = text_of(client_of("view").get(address("ct-test")))

    assert "Probably not a patient." in page
    assert "*phantom*" in page


def test_sources_repairs_and_notes_are_not_hidden(db):
    store("a", "CT", quirks=("acme-dlp-unit",), notes=("One unit was missing.",))

    page = text_of(client_of("view").get(address("a")))

    assert "CT RDSR" in page
    assert "in use" in page
    assert "Repair acme-dlp-unit" in page
    assert "One unit was missing." in page


def test_duration_and_exposure_time_are_explained(hospital):
    page = text_of(client_of("view").get(address("rf-pci")))

    assert "Duration is the time the pedal or switch was pressed" in page
    assert "the time the beam was on" in page


def test_previous_and_next_are_those_of_the_list_one_came_from(hospital):
    client = client_of("view")
    listed = client.get("/ct/?dlp_min=1&order=dlp").content.decode()
    links = [
        link.replace("&amp;", "&") for link in re.findall(r'class="main" href="([^"]+)"', listed)
    ]

    page = client.get(links[0]).content.decode()

    assert f'href="{links[1].replace("&", "&amp;")}" rel="next"' in page
    assert 'rel="prev"' not in page
    assert 'href="/ct/?dlp_min=1&amp;order=dlp"' in page


def test_a_list_that_cannot_be_read_does_no_harm(hospital):
    page = client_of("view").get(address("ct-head") + "?list=colour%3Dred")

    assert page.status_code == 200
    assert b'href="/ct/"' in page.content


def test_every_value_of_the_events_is_there(db):
    store("a", "RF", events=(exposure("Fluoroscopy", table_head_tilt_deg=-5.0, grid=("Fixed",)),))

    page = text_of(client_of("view").get(address("a") + "values/"))

    assert "Table head tilt -5 °" in page
    assert "Grid Fixed" in page


def test_a_study_costs_the_same_queries_however_many_events(db, django_assert_max_num_queries):
    store("a", "RF", events=tuple(exposure("Fluoroscopy", dap_gym2=1e-6) for _ in range(90)))
    client = client_of("view")

    with django_assert_max_num_queries(24):
        client.get(address("a"))


TOTALS = {
    "RF-RDSR-Siemens-Zee": [
        ("Fluoroscopy", 16.0, 0.00252, 28),
        ("Acquisition", 0, 0, 0),
        ("Total", 16.0, 0.00252, 28),
    ],
    "RF-RDSR-Philips_Allura": [
        ("Fluoroscopy", 10.558274, 0.000293081169, 13),
        ("Acquisition", 143.010366, 0.003978199182, 14.75),
        ("– Stationary Acquisition (summed from events)", 143.0104, 0.003978199182, 14.75),
        ("Total", 153.56864, 0.004271280351, 27.75),
    ],
}


@pytest.mark.parametrize("name", TOTALS)
def test_totals_by_type_of_irradiation(name):
    record = read(shared_data("dicom") / f"{name}.dcm")

    rows, total = total_rows(record)

    found = [(row.name, row.dap, row.rp_dose, row.time_s) for row in (*rows, total)]
    for one, expected in zip(found, TOTALS[name], strict=True):
        assert one[0] == expected[0]
        assert one[1:] == pytest.approx(expected[1:], rel=1e-5)


def test_every_shared_object_has_a_page_without_a_fault():
    client = client_of("view", "pid")
    for path in sorted(shared_data("dicom").glob("*.dcm")):
        if "non-dose" not in path.name:
            arrive(read(path))

    for number in Study.objects.values_list("pk", flat=True):
        assert client.get(f"/study/{number}/").status_code == 200
        assert client.get(f"/study/{number}/values/").status_code == 200
