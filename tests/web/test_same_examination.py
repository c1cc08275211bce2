"""A report that comes after its doses were entered by hand, without a Study Instance UID."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kerma.records import Patient
from kerma.store.models import HistoricalDoses, IdentityPolicy, Study
from tests.query.hospital import ct_event, store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)

LIST = (
    "accession,study_date,model,station_name,patient id,dlp_mgycm\n"
    "{},2010-04-03,Old 4,CT4,{},240.5\n"
)
CHOSEN = {
    "column-0": "accession_number", "column-1": "study_date", "column-2": "model",
    "column-3": "station_name", "column-4": "patient_id", "column-5": "dlp_mgycm mGy·cm",
}  # fmt: skip
WARNS = "Perhaps counted twice"


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


@pytest.fixture
def client():
    return client_of("import-size", "view")


@pytest.fixture
def entered(client):
    """Enter doses by hand; return their study."""

    def entered(accession: str = "A1", patient: str = "P1", patients: str = "store") -> Study:
        policy = {"patient_id": patients, "accession_number": patients}
        IdentityPolicy.objects.update_or_create(pk=1, defaults=policy)
        text = LIST.format(accession, patient).encode()
        client.post("/doses/", {"list": SimpleUploadedFile("log.csv", text)})
        number = HistoricalDoses.objects.latest("pk").pk
        client.post(f"/doses/{number}/choose/", CHOSEN)
        client.post(f"/doses/{number}/start/")
        return Study.objects.get(kinds="manual")

    return entered


def report(
    uid: str = "1.2.5", day: str = "2010-04-03", patient: str = "", room: str = "CT4", **values
) -> Study:
    """Store a study of the scanner itself."""
    who = Patient(id=patient)
    store(uid, "CT", day=day, room=room, model="Old 4", patient=who, events=(ct_event(),), **values)
    return Study.objects.get(study_instance_uid=uid)


def page(client, study: Study) -> str:
    return client.get(f"/study/{study.pk}/").content.decode()


def test_both_say_so_and_what_was_entered_can_be_removed(client, entered):
    by_hand, stored = entered(), report(accession_number="A1")

    assert f'href="/study/{by_hand.pk}/"' in page(client, stored)
    text = page(client, by_hand)
    assert WARNS in text
    assert f'href="/study/{stored.pk}/"' in text
    assert WARNS in page(client, stored)

    address = page(client, stored).split('href="/doses/study/')[1].split("/")[0]
    client.post(f"/doses/study/{address}/remove/")
    assert Study.objects.get() == stored
    assert WARNS not in page(client, stored)


def test_nothing_is_merged_or_removed_by_itself(entered):
    by_hand, stored = entered(), report(accession_number="A1")

    assert {one.pk for one in Study.objects.all()} == {by_hand.pk, stored.pk}
    by_hand.refresh_from_db()
    assert by_hand.dlp_mgycm == 240.5


@pytest.mark.parametrize("policy", ["store", "hash"])
def test_the_accession_number_may_be_hashed(client, entered, policy):
    entered(patients=policy)

    assert WARNS in page(client, report(accession_number="A1", patient="P1"))


def test_the_same_patient_on_the_same_scanner_that_day_may_be_the_same(client, entered):
    entered(accession="")

    assert WARNS in page(client, report(patient="P1"))
    assert WARNS not in page(client, report("1.2.6", patient="P1", room="CT5"))


@pytest.mark.parametrize(
    "values",
    [
        {"accession_number": "A1", "day": "2010-04-04"},
        {"accession_number": "A2"},
        {"accession_number": "A1", "patient": "P2"},
        {"patient": "P2"},
        {},
    ],
    ids=["another day", "another number", "another patient", "one of them only", "nothing said"],
)
def test_others_are_not_named(client, entered, values):
    entered()

    assert WARNS not in page(client, report(**values))


def test_two_reports_are_two_examinations(client):
    first = report("1.2.5", accession_number="A1")
    report("1.2.6", accession_number="A1")

    assert WARNS not in page(client, first)


def test_who_may_not_change_doses_is_told_and_offered_nothing(entered):
    entered()
    text = page(client_of("view"), report(accession_number="A1"))

    assert WARNS in text
    assert "/doses/study/" not in text
