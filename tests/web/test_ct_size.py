"""The panel of a study that shows the size of the patient in the images, and its switch."""

import pytest

from kerma.pipeline import ct_size
from kerma.store import options
from tests.dicom.ct_images import ct_bytes
from tests.dosimetry.ct_pictures import ellipse, picture, water
from tests.query.hospital import ct_event, store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db


def words(response):
    return " ".join(response.content.decode().split())


def panel(pk):
    said = words(client_of("view").get(f"/study/{pk}/"))
    return said.partition('aria-labelledby="ct-size"')[2].partition("</section>")[0]


def keep(*data):
    for one in data:
        ct_size.keep(ct_size.measure(one))


def test_a_study_shows_the_size_in_its_images_and_whose_they_are():
    pk = store("1.2.1", "CT", events=(ct_event(acquisition_protocol="Thorax"),))
    keep(ct_bytes(water(240), 1), ct_bytes(water(260), 2))

    said = panel(pk)

    assert "25.0" in said
    assert "24.0 to 26.0" in said
    assert ">Thorax<" in said
    assert "Event 1. The images name no irradiation event; this is the only acquisition" in said
    assert "AAPM Report 220" in said
    assert "What is measured" not in said


def test_images_that_are_cut_off_or_of_no_event_say_so():
    pk = store("1.2.1", "CT", events=(ct_event(), ct_event()))
    keep(ct_bytes(ellipse(picture(), 560, 300, 0.0)))

    said = panel(pk)

    assert "100" in said
    assert 'class="state warn"' in said
    assert "the report has 2 acquisitions" in said


def test_a_study_without_measured_images_shows_no_panel():
    assert panel(store("1.2.1", "CT", events=(ct_event(),))) == ""


def test_it_is_switched_on_by_administrators():
    admin = client_of("admin")
    page = "/configuration/computed-doses/"
    assert "Measure patients in the CT images that arrive" in words(admin.get(page))

    admin.post(page, {"ct_size_from_images": "on", "ct_effective_dose_set": "lee-2012-icrp-103",
                      "nm_effective_dose_set": "icrp-60", "agd_set": ""})  # fmt: skip

    assert options.get(ct_size.OPTION) is True
