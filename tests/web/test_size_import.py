"""Patient sizes by page: upload, columns, dry run, run, abort, log, undo, delete."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kerma.pipeline import kept_lists
from kerma.store.models import AuditEntry, SizeImport, Study
from tests.query.hospital import store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db(transaction=True)

LIST = "Acc num;height;weight;name\nA1;170,5;80;SECRET NAME\nA9;180;;x\n"
COLUMNS = {
    "id_column": "Acc num", "id_kind": "accession", "height_column": "height",
    "weight_column": "weight",
}  # fmt: skip


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path
    return tmp_path


@pytest.fixture
def study():
    store("1.2", "CT", accession_number="A1")


@pytest.fixture
def client():
    return client_of("import-size")


def upload(client, text=LIST):
    file = SimpleUploadedFile("ris export.csv", text.encode("latin-1"))
    return client.post("/sizes/", {"list": file}, follow=True)


def number():
    return SizeImport.objects.latest("pk").pk


def start(client, do, **choices):
    return client.post(f"/sizes/{number()}/start/", COLUMNS | {"do": do} | choices, follow=True)


def size():
    return Study.objects.values_list("height_m", "weight_kg").get()


def test_the_columns_are_guessed_and_the_first_rows_shown(client):
    text = upload(client).content.decode()

    assert '<option value="Acc num" selected>' in text
    assert '<option value="height" selected>' in text
    assert "SECRET NAME" in text


def test_the_first_rows_are_shown_to_nobody_else(client):
    upload(client)

    text = client_of("admin").get(f"/sizes/{number()}/").content.decode()

    assert "Acc num" in text
    assert "SECRET NAME" not in text


def test_a_dry_run_changes_nothing_and_can_be_run_for_real(client, study, home):
    upload(client)

    tried = start(client, "try").content.decode()
    assert "Tried, nothing changed" in tried
    assert "would be set" in tried
    assert size() == (None, None)

    done = start(client, "run").content.decode()
    assert "Line 2: height 1.705 m, weight 80 kg set." in done
    assert size() == (1.705, 80.0)
    assert list((home / "uploads").iterdir()) == []


def test_sizes_that_are_there_are_replaced_only_where_wanted(client, study):
    upload(client)
    start(client, "run")
    upload(client, LIST.replace("170,5", "171"))
    start(client, "run")
    assert size() == (1.705, 80.0)

    upload(client, LIST.replace("170,5", "171"))
    start(client, "run", overwrite="on")

    assert size() == (1.71, 80.0)


def test_a_column_not_of_the_list_is_refused(client, study):
    upload(client)

    text = start(client, "run", height_column="no").content.decode()

    assert "Select a valid choice" in text
    assert SizeImport.objects.get().state == "queued"


@pytest.mark.parametrize(
    ("text", "words"), [("", "The list is empty"), ("single\n1\n", "single column")]
)
def test_what_is_no_list_is_refused_in_a_sentence(client, text, words):
    assert words in upload(client, text).content.decode()
    assert not SizeImport.objects.exists()


def test_a_long_import_goes_on_with_each_step_and_says_how_far_it_is(client, study, monkeypatch):
    monkeypatch.setattr("kerma.web.pages.size_import.SECONDS", 0)
    rows = "".join(f"N{n};170;80;\n" for n in range(120))
    upload(client, LIST + rows)
    assert "50 of 122 rows" in start(client, "run").content.decode()

    address = f"/sizes/{number()}/step/"
    part = client.post(address, headers={"HX-Request": "true"}).content.decode()
    assert "100 of 122 rows" in part
    assert part.lstrip().startswith("<section")
    last = client.post(address, headers={"HX-Request": "true"})

    assert last["HX-Redirect"] == f"/sizes/{number()}/"
    assert SizeImport.objects.get().state == "done"


def test_an_administrator_aborts_and_the_list_goes(client, study, home, monkeypatch):
    monkeypatch.setattr("kerma.web.pages.size_import.SECONDS", 0)
    upload(client, LIST + "".join(f"N{n};170;80;\n" for n in range(120)))
    page = start(client, "run").content.decode()
    assert "Abort" not in page

    client_of("admin").post(f"/sizes/{number()}/abort/")
    client.post(f"/sizes/{number()}/step/")

    found = SizeImport.objects.get()
    assert (found.state, found.rows_read) == ("aborted", 50)
    assert list((home / "uploads").iterdir()) == []


def test_the_log_is_downloaded_as_text(client, study):
    upload(client)
    start(client, "run")

    answer = client.get(f"/sizes/{number()}/log/")

    assert answer["Content-Type"].startswith("text/plain")
    assert answer.content.decode() == SizeImport.objects.get().log


def test_an_import_is_undone(client, study):
    upload(client)
    start(client, "run")

    text = client.post(f"/sizes/{number()}/undo/", follow=True).content.decode()

    assert "Undone: the sizes of 1 study are as before." in text
    assert size() == (None, None)
    assert AuditEntry.objects.filter(action="undo size import").exists()


def test_a_dry_run_cannot_be_undone_nor_a_done_import_run_again(client, study):
    upload(client)
    start(client, "try")
    client.post(f"/sizes/{number()}/undo/")
    assert SizeImport.objects.get().state == "done"

    start(client, "run")
    before = SizeImport.objects.get().finished_at
    start(client, "run")

    assert SizeImport.objects.get().finished_at == before


def test_records_are_deleted_by_administrators_and_sizes_stay(client, study):
    upload(client)
    start(client, "run")
    assert client.post("/sizes/delete/", {"chosen": [number()]}).status_code == 403

    client_of("admin").post("/sizes/delete/", {"chosen": [number()]})

    assert not SizeImport.objects.exists()
    assert size() == (1.705, 80.0)


def test_one_that_is_under_way_is_not_deleted(client, study):
    upload(client)
    SizeImport.objects.update(state="running")

    client_of("admin").post("/sizes/delete/", {"chosen": [number()]})

    assert SizeImport.objects.exists()


def test_a_list_that_is_gone_is_said(client, study, home):
    upload(client)
    kept_lists.abort(SizeImport.objects.get())
    SizeImport.objects.update(state="queued")

    assert "The list is deleted" in client.get(f"/sizes/{number()}/").content.decode()
    assert "The list is deleted" in start(client, "run").content.decode()
