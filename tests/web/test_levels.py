"""The pages of typical values and levels."""

import datetime as dt
import io
from zipfile import ZipFile

import pytest
from django.urls import reverse
from pypdf import PdfReader

from kerma.pipeline import exporting
from kerma.query.reference_levels import level_for, lines_for, typical
from kerma.records import Patient, Totals
from kerma.store import level_book, name_book
from kerma.store.engine import run
from kerma.store.models import AuditEntry, Export, ReferenceLink, SiteReferenceLevel, Study
from tests.query.hospital import ct_event, exposure, store
from tests.web.people import client_of

pytestmark = pytest.mark.django_db

BODY = "IEC Body Dosimetry Phantom"


@pytest.fixture
def chest():
    owner = name_book.name("CT", "study", "Chest")
    name_book.add_rule(owner, "study_description", "CT Thorax")
    name_book.touch(apply=False)
    ReferenceLink.objects.create(standard_name=owner, level_set="uk-ndrl-ct", procedure="chest")
    return owner


def scan(number, dlp, *, day="2026-03-10", room="CT 1", age=60.0):
    return store(
        f"s{number}", "CT", day=day, room=room, study_description="CT Thorax",
        patient=Patient(age_years=age), totals=Totals(dlp_mgycm=dlp),
        events=(ct_event(acquisition_protocol="T", dlp_mgycm=dlp, ctdivol_mgy=dlp / 40,
                         phantom_type=BODY),),
    )  # fmt: skip


@pytest.fixture
def year(chest):
    for number in range(12):
        scan(number, 400.0 + number)
    return chest


def shown(client, **pairs):
    pairs = {"modality": "CT", "year": "2026", "whole": "yes"} | pairs
    answer = client.get(reverse("levels"), pairs)
    assert answer.status_code == 200
    return answer.content.decode()


def test_medians_stand_beside_the_level_with_their_ratio(year):
    """Median of 400 … 411 is 405.5; UK level 290: ratio 1.40."""
    page = shown(client_of("view"))

    assert "405.5" in page
    assert "<b>1.40</b> × 290" in page
    assert "Exceeded" in page
    assert "United Kingdom 2022" in page


def test_the_first_answer_is_quick_and_asks_for_the_values_by_itself(year):
    answer = client_of("view").get(reverse("levels"), {"modality": "CT", "year": "2026"})

    assert 'hx-trigger="load"' in answer.content.decode()
    assert "405.5" not in answer.content.decode()


def test_a_year_without_studies_and_names_without_studies_say_what_to_do(year):
    assert "No studies in 2019" in shown(client_of("view"), year="2019")
    assert "No acquisitions in 2026" not in shown(client_of("admin", "view"), level="acquisition")
    assert "standard name" in shown(client_of("export"), level="acquisition")


@pytest.mark.parametrize("pairs", [{"year": "20x6"}, {"kg_min": "heavy"}, {"kg_max": "-3"}])
def test_what_cannot_be_read_is_said(year, pairs):
    assert "must be" in shown(client_of("view"), **pairs)


def test_a_typical_value_becomes_the_level_of_the_site_and_stands_first(year):
    client = client_of("admin", "view")
    system = Study.objects.first().system_id
    group = f"{system}|dlp_mgycm|32|adults|Chest".replace("|adults|", "||")

    answer = client.post(
        reverse("level-take-over"), {"modality": "CT", "level": "study", "year": "2026",
                                     "group": group, "use": "median"},
    )  # fmt: skip

    assert answer.status_code == 302
    own = SiteReferenceLevel.objects.get()
    assert (own.value, own.number_of_patients, own.phantom_cm) == (405.5, 12, 32)
    SiteReferenceLevel.objects.update(valid_from=dt.date(2026, 1, 1))
    found = level_for(Study.objects.first(), "dlp_mgycm", phantom_cm=32)
    assert (found.origin, found.value) == ("site", 405.5)


def test_links_are_kept_and_suggestions_taken(chest):
    ReferenceLink.objects.all().delete()
    client = client_of("admin")

    page = client.get(reverse("level-links"), {"modality": "CT"}).content.decode()
    assert "Chest, lung cancer (suggested)" in page

    given = {"modality": "CT", "level": "study", "series": "uk-ndrl-ct"}
    client.post(reverse("level-links-keep"), given | {"do": "suggested"})
    assert ReferenceLink.objects.get().procedure == "chest"

    client.post(reverse("level-links-keep"), given | {f"name-{chest.pk}": ""})
    assert not ReferenceLink.objects.exists()


def test_own_levels_are_entered_in_the_unit_shown_and_follow_each_other(chest):
    client = client_of("admin")
    given = {"modality": "CT", "level": "study", "name": chest.pk, "quantity": "dlp_mgycm",
             "value": "250", "phantom_cm": "32", "band": "", "source": "Audit"}  # fmt: skip
    for day in ("2025-01-01", "2026-01-01"):
        client.post(reverse("level-own-keep"), given | {"valid_from": day})

    kept = list(SiteReferenceLevel.objects.order_by("valid_from"))
    assert [one.valid_until for one in kept] == [dt.date(2025, 12, 31), None]

    refused = client.post(
        reverse("level-own-keep"), given | {"value": "0", "valid_from": "2026-01-01"}
    )
    assert "above zero" in refused.content.decode()


def test_a_level_of_dap_is_entered_in_cgycm2_and_kept_in_gym2():
    name = name_book.name("RF", "study", "Swallow")
    client_of("admin").post(reverse("level-own-keep"), {
        "modality": "RF", "level": "study", "name": name.pk, "quantity": "dap_gym2",
        "value": "500", "band": "", "source": "Audit", "valid_from": "2026-01-01",
    })  # fmt: skip

    assert SiteReferenceLevel.objects.get().value == pytest.approx(500e-6)
    assert lines_for("RF", "dap", ["Swallow"])["Swallow"][0].value == pytest.approx(500)


def test_the_page_of_a_study_shows_its_dose_beside_the_level(year):
    study = Study.objects.get(study_instance_uid="s5")

    page = client_of("view").get(reverse("study", args=[study.pk])).content.decode()

    assert "Beside reference levels" in page
    assert "Chest, lung cancer" in page
    assert f"{405 / 290:.2f}" in page


def test_a_deleted_level_is_gone(chest):
    own = level_book.keep(SiteReferenceLevel(
        standard_name=chest, quantity="dlp_mgycm", value=1.0, valid_from=dt.date(2026, 1, 1)
    ))  # fmt: skip

    client_of("admin").post(reverse("level-own-drop", args=[own.pk]))

    assert not SiteReferenceLevel.objects.exists()


def test_the_page_of_a_radiography_study_shows_each_exposure_beside_its_level():
    name = name_book.name("DX", "acquisition", "Chest PA")
    name_book.add_rule(name, "acquisition_protocol", "Thorax PA")
    name_book.touch(apply=False)
    ReferenceLink.objects.create(
        standard_name=name, level_set="de-bfs-radiography", procedure="chest-pa"
    )
    number = store("dx", "DX", events=(
        exposure(acquisition_protocol="Other", dap_gym2=1e-6),
        exposure(acquisition_protocol="Thorax PA", dap_gym2=18e-6),
    ))  # fmt: skip

    page = client_of("view").get(reverse("study", args=[number])).content.decode()

    assert "Event 2: Chest PA" in page
    assert ">1.50<" in page
    assert "Event 1" not in page


@pytest.fixture
def home(settings, tmp_path):
    settings.KERMA_HOME = tmp_path


def reported(client, **pairs):
    """Ask for the report, make it, and return its row and its bytes."""
    pairs = {"modality": "CT", "level": "study", "year": "2026"} | pairs
    answer = client.post(reverse("level-report"), pairs)
    assert answer["Location"] == reverse("exports")
    export = Export.objects.get()
    run(export.task_id)
    export.refresh_from_db()
    written = b"".join(client.get(reverse("export-download", args=[export.pk])))
    return export, written


def text_of(content):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_report_is_an_export_of_the_year(year, home):
    scan(90, 5000.0, day="2025-06-01")
    client = client_of("export")
    assert "Report as PDF" in shown(client)
    assert "Report as PDF" not in shown(client_of("view"))

    export, written = reported(client)

    assert (export.state, export.studies, export.rows) == ("done", 12, 2)
    assert export.file_name.endswith(".pdf")
    assert "DLP 406 mGy·cm, 1.40 times 290" in text_of(written).replace("\n", " ")
    said = client.get(reverse("exports")).content.decode()
    assert "CT: Reference levels" in said
    assert "ask for a review" in said
    entries = {entry.action: entry.details for entry in AuditEntry.objects.all()}
    assert entries["download export"]["format"] == "level-report"


def test_each_system_has_a_report_of_its_own(year, home):
    for number in range(6):
        scan(50 + number, 100.0, room="Сканер")
    client = client_of("export")
    assert "A file for each system" in shown(client)

    export, written = reported(client, files="each")

    assert (export.state, export.studies) == ("done", 18)
    with ZipFile(io.BytesIO(written)) as archive:
        texts = {name: text_of(archive.read(name)) for name in archive.namelist()}
    assert list(texts) == [
        "reference-levels-ct-2026-city-hospital-ct-1.pdf",
        "reference-levels-ct-2026-city-hospital-сканер.pdf",
    ]
    first, second = texts.values()
    assert "12 studies" in first.replace("\n", " ")
    assert "Сканер" not in first
    assert "6 studies" in second.replace("\n", " ")


def test_a_report_of_one_system_is_one_file(year, home):
    scan(50, 100.0, room="CT 2")
    system = Study.objects.get(study_instance_uid="s50").system_id
    client = client_of("export")
    assert "A file for each system" not in shown(client, system=str(system))

    export, written = reported(client, system=str(system), kg_max="70")

    assert (export.studies, export.options["kg_max"]) == (1, "70")
    assert "adults of other or unknown mass: 1;" in text_of(written).replace("\n", " ")
    client.post(reverse("export-again", args=[export.pk]))
    assert Export.objects.first().options == Export.objects.last().options


@pytest.mark.parametrize(("pairs", "said"), [
    ({"year": "2019"}, "no studies in 2019"), ({"kg_min": "heavy"}, "number of kilograms"),
])  # fmt: skip
def test_a_report_that_would_hold_nothing_is_refused_at_once(year, home, pairs, said):
    given = {"modality": "CT", "level": "study"} | pairs
    answer = client_of("export").post(reverse("level-report"), given, follow=True)

    assert said in answer.content.decode()
    assert not Export.objects.exists()


def test_a_report_under_way_is_aborted(year, home, monkeypatch):
    monkeypatch.setattr("kerma.store.job._TELL_S", 0.0)
    monkeypatch.setattr("kerma.query.reference_levels.typical._TELL_EVERY", 5)
    client = client_of("export")
    client.post(reverse("level-report"), {"modality": "CT", "year": "2026"})
    export = Export.objects.get()
    find = typical.summarise

    def summarise(values):
        exporting.abort(export, export.user)
        return find(values)

    monkeypatch.setattr(typical, "summarise", summarise)
    run(export.task_id)

    export.refresh_from_db()
    assert (export.state, export.path) == ("aborted", "")
    assert not list(exporting.folder().iterdir())
