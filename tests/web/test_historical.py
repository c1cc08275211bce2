"""Doses of the past by page: a list looked at, imported, undone; a study typed and corrected."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kerma.store.models import (
    AuditEntry,
    CtEvent,
    HistoricalDoses,
    HistoricalStudy,
    IdentityPolicy,
    ImageStudy,
    Study,
)
from tests.query.hospital import ct_event, store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)

LIST = (
    "accession;study date;model;patient id;ctdivol_mgy;dosis\n"
    "A1;03/04/2010;Old 4;SECRET;8,0;240,5\n"
)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


@pytest.fixture
def client():
    return client_of("import-size", "view")


def upload(client, text=LIST):
    file = SimpleUploadedFile("log book.csv", text.encode("latin-1"))
    return client.post("/doses/", {"list": file}, follow=True).content.decode()


def number():
    return HistoricalDoses.objects.latest("pk").pk


CHOSEN = {
    "column-0": "accession_number", "column-1": "study_date", "column-2": "model",
    "column-3": "patient_id", "column-4": "ctdivol_mgy mGy", "column-5": "dlp_mgycm mGy·cm",
    "decimal": ",", "dates": "dmy",
}  # fmt: skip


def test_a_list_is_looked_at_chosen_imported_and_undone(client):
    text = upload(client)
    assert "semicolons between cells" in text
    assert "order of day and month cannot be told" in text
    assert "SECRET" in text
    assert 'value="" selected' not in text.split('id="column-5"')[1].split("</select>")[0]

    text = client.post(f"/doses/{number()}/choose/", CHOSEN, follow=True).content.decode()
    assert "1 study would be stored" in text
    assert not Study.objects.exists()

    text = client.post(f"/doses/{number()}/start/", follow=True).content.decode()
    study = Study.objects.get()
    assert (study.study_date, study.dlp_mgycm) == (dt.date(2010, 4, 3), 240.5)
    assert HistoricalDoses.objects.get().upload == ""

    client.post(f"/doses/{number()}/undo/", follow=True)
    assert not Study.objects.exists()
    assert AuditEntry.objects.filter(action="undo historical doses").exists()


def test_the_first_cells_are_shown_only_to_who_uploaded_them(client):
    upload(client)

    other = client_of("admin").get(f"/doses/{number()}/").content.decode()

    assert "SECRET" not in other
    assert "dosis" in other


def test_faults_are_shown_before_anything_is_stored(client):
    upload(client, LIST + "A2;03/04/2010;Old 4;P2;8,0;24O,5\n")

    text = client.post(f"/doses/{number()}/choose/", CHOSEN, follow=True).content.decode()

    assert "1 study would be stored" in text
    assert "Line 3: DLP of the acquisition, in mGy·cm is no number" in text


def test_a_page_stays_small_however_much_is_wrong(client):
    rows = "".join(f"A{n};03.04.2010;Old 4;P;8,0;much\n" for n in range(5000))
    good = "B1;13.04.2010;Old 4;P;8,0;240,5\n"
    titles = LIST.splitlines()[0].replace("dosis", "dlp_mgycm")

    seen = upload(client, f"{titles}\n{rows}{good}")
    assert seen.count("Line ") == 200
    assert "4\N{NARROW NO-BREAK SPACE}800 more studies not shown" in seen
    client.post(f"/doses/{number()}/start/")
    while HistoricalDoses.objects.get().state == "running":
        client.post(f"/doses/{number()}/step/")

    done = client.get(f"/doses/{number()}/").content.decode()
    assert done.count("Line ") == 200
    assert "4\N{NARROW NO-BREAK SPACE}800 more are in the download" in done
    log = client.get(f"/doses/{number()}/log/").content.decode()
    assert len(log.splitlines()) == 5000


def test_a_file_that_is_no_list_is_refused_in_a_sentence(client):
    assert "no text" in upload(client, "\x00\x01")


FORM = {
    "study_date": "2004-03-01", "study_time": "09:30", "model": "Old 4", "manufacturer": "Acme",
    "study_description": "Thorax", "patient_id": "P-77", "total_dlp_mgycm": "240",
    "height_m": "170", "scan-TOTAL_FORMS": "1", "scan-INITIAL_FORMS": "0",
    "scan-0-protocol": "Thorax", "scan-0-ctdivol_mgy": "8,0", "scan-0-dlp_mgycm": "240",
    "scan-0-scanning_length_mm": "300", "scan-0-phantom_mm": "320",
}  # fmt: skip


def test_a_study_is_previewed_then_stored(client):
    text = client.post("/doses/enter/", FORM).content.decode()
    assert "Preview" in text
    assert not Study.objects.exists()

    client.post("/doses/enter/", FORM | {"do": "store"}, follow=True)

    study = Study.objects.get()
    assert (study.kinds, study.dlp_mgycm, study.height_m) == ("manual", 240, 1.7)
    entry = AuditEntry.objects.get(action="enter historical doses")
    assert "P-77" not in str(entry.details)
    page = client.get(f"/study/{study.pk}/").content.decode()
    assert "Entered by hand" in page


def test_numbers_that_disagree_are_stored_only_on_purpose(client):
    wrong = FORM | {"total_dlp_mgycm": "300", "do": "store"}

    text = client.post("/doses/enter/", wrong).content.decode()
    assert "add up to 240" in text
    assert not Study.objects.exists()

    client.post("/doses/enter/", wrong | {"sure": "yes"})
    assert Study.objects.get().dlp_mgycm == 300


def test_a_row_is_added_without_a_script(client):
    text = client.post("/doses/enter/", FORM | {"do": "row"}).content.decode()

    assert 'name="scan-1-dlp_mgycm"' in text
    assert 'value="240"' in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scan-0-dlp_mgycm": "24O"}, "This is no number"),
        ({"study_date": ""}, "This field is required"),
        ({"model": "", "manufacturer": ""}, "The scanner is missing"),
        ({"patient_id": "", "study_time": ""}, "cannot be told from others"),
        ({"study_instance_uid": "1.2.x"}, "is no UID"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_stored(client, change, words):
    text = client.post("/doses/enter/", FORM | {"do": "store"} | change).content.decode()

    assert words in text
    assert not Study.objects.exists()


def test_a_scanner_is_chosen_from_the_systems(client):
    pk = store("1.2", "CT", room="CT 7", model="Ray 1", events=(ct_event(),))
    system = Study.objects.get(pk=pk).system_id
    chosen = FORM | {"model": "", "manufacturer": "", "system": str(system), "do": "store"}

    client.post("/doses/enter/", chosen)

    assert Study.objects.get(kinds="manual").system_id == system


def test_a_correction_keeps_what_it_does_not_show(client):
    IdentityPolicy.objects.update_or_create(pk=1, defaults={"patient_id": "store"})
    client.post("/doses/enter/", FORM | {"do": "store"})
    one = HistoricalStudy.objects.get()

    text = client.get(f"/doses/study/{one.pk}/").content.decode()
    assert "P-77" not in text
    changed = FORM | {"patient_id": "", "scan-0-dlp_mgycm": "250", "total_dlp_mgycm": "250"}
    client.post(f"/doses/study/{one.pk}/", changed | {"scan-INITIAL_FORMS": "1", "do": "store"})

    study = Study.objects.get()
    assert (study.dlp_mgycm, study.patient_id) == (250, "P-77")
    assert CtEvent.objects.count() == 1
    assert "P-77" in client_of("admin", "pid").get(
        f"/doses/study/{HistoricalStudy.objects.get().pk}/"
    ).content.decode()  # fmt: skip


def test_what_was_entered_is_removed(client):
    client.post("/doses/enter/", FORM | {"do": "store"})

    client.post(f"/doses/study/{HistoricalStudy.objects.get().pk}/remove/")

    assert not Study.objects.exists()


def test_estimates_are_listed_with_their_reasons(client):
    ImageStudy.objects.create(
        study_instance_uid="1.2.3", equipment="x", model="Slice 16", state="doubt", images=60,
        reasons=["Series 2: it cannot be told."], last_at=timezone.now(),
    )  # fmt: skip

    text = client.get("/doses/estimated/?state=doubt").content.decode()

    assert "it cannot be told" in text
    assert "not estimated from images" in text
    assert (
        "No study is in this state" in client.get("/doses/estimated/?state=none").content.decode()
    )


def test_an_estimated_study_says_so_on_its_page(client):
    pk = store("1.2.9", "CT", events=(ct_event(),), kind="estimated")

    assert "Estimated from images" in client.get(f"/study/{pk}/").content.decode()
