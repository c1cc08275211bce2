"""The yearly report: a sound PDF that says what was found, how, and from which source."""

import datetime as dt
import io
from zipfile import ZipFile

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pypdf import PdfReader

from kerma.exports.level_report import report
from kerma.exports.level_report_parts import number, safe
from kerma.query.reference_levels.typical import Asked
from kerma.records import Patient, Totals
from kerma.store import name_book
from kerma.store.models import ReferenceLink, System
from tests.query.hospital import ct_event, store

pytestmark = pytest.mark.django_db

YEAR = Asked("CT", dt.date(2026, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def chest():
    owner = name_book.name("CT", "study", "Chest")
    name_book.add_rule(owner, "study_description", "CT Thorax")
    name_book.touch(apply=False)
    ReferenceLink.objects.create(standard_name=owner, level_set="uk-ndrl-ct", procedure="chest")
    for n in range(12):
        store(
            f"s{n}", "CT", room="Scanner <1>", study_description="CT Thorax",
            patient=Patient(age_years=60.0, name="Byron^Ada", id="00042"),
            totals=Totals(dlp_mgycm=400.0 + n),
            events=(ct_event(dlp_mgycm=400.0 + n, ctdivol_mgy=10.0 + n / 10,
                             phantom_type="IEC Body Dosimetry Phantom"),),
        )  # fmt: skip


def text_of(content):
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_it_says_medians_ratios_what_is_exceeded_and_the_source(chest):
    """Median of 400 … 411 is 405.5, shown with three digits; over 290: 1.40."""
    text = text_of(report(YEAR).content).replace("\n", " ")

    assert "CT: reference levels 2026" in text
    assert "DLP 406 mGy·cm, 1.40 times 290 (United Kingdom 2022). Exceeded." in text
    assert "National Diagnostic Reference Levels (NDRLs)" in text
    assert "Made on" in text
    assert "Byron" not in text
    assert "00042" not in text


def test_of_one_system(chest):
    system = System.objects.get()
    made = report(YEAR._replace(system=system.pk))

    assert made.system == system.display_name
    assert system.display_name in text_of(made.content)


@pytest.mark.parametrize("asked", [
    YEAR, YEAR._replace(level="acquisition"), Asked("NM", YEAR.since, YEAR.until),
])  # fmt: skip
def test_nothing_to_report_is_said(db, asked):
    assert "There are no" in text_of(report(asked).content)


def test_studies_without_names_are_said(db):
    store("s", "CT", study_description="CT Thorax")

    assert "nothing to compare" in text_of(report(YEAR).content)


def test_long_names_many_rows_and_strange_letters_do_no_harm(db):
    for n in range(40):
        store(f"s{n}", "CT", room=f"中心 & <b>{'x' * 60}{n % 3}", study_description=f"T {n} " * 9,
              totals=Totals(dlp_mgycm=1e-9 if n % 2 else 1e9))  # fmt: skip

    content = report(YEAR._replace(by_description=True)).content

    assert len(PdfReader(io.BytesIO(content)).pages) >= 2


def test_a_name_stands_above_its_lines_on_each_page():
    for n in range(70):
        store(f"s{n}", "CT", room=f"CT {n}", study_description="Thorax",
              totals=Totals(dlp_mgycm=100.0))  # fmt: skip

    content = report(YEAR._replace(by_description=True)).content

    first, second, *_ = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    assert "Thorax" in first
    assert "Thorax" in second
    assert "75th perc." in second


def test_a_name_too_long_for_the_foot_is_cut_there():
    store("s", "CT", room="Radiologie " * 9, totals=Totals(dlp_mgycm=1.0))
    made = report(YEAR._replace(system=System.objects.get().pk))

    assert "Radio" in text_of(made.content)
    assert "…" in text_of(made.content)


def test_it_can_be_ended_while_its_pages_are_made(chest):
    """The cases are too few to be told of while they are counted."""

    def end(cases):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        report(YEAR, end)


def exported(tmp_path, form, *filters, **options):
    out = tmp_path / form
    year = ("date_from=2026-01-01", "date_until=2026-12-31")
    chosen = [f"{name}={text}" for name, text in options.items()]
    call_command("export", "ct", *year, *filters, format=form, out=str(out), chosen=chosen)
    return out


def test_the_reports_of_all_systems_are_one_archive(chest, tmp_path):
    """Two names that make one name of a file have two files."""
    store("other", "CT", room="CT 2", study_description="CT Thorax")
    first, second = System.objects.order_by("pk")
    System.objects.filter(pk=first.pk).update(display_name="CT-1")
    System.objects.filter(pk=second.pk).update(display_name="CT 1")

    with ZipFile(exported(tmp_path, "level-reports")) as archive:
        names = archive.namelist()
        texts = [text_of(archive.read(name)) for name in names]

    name = "reference-levels-ct-2026-ct-1"
    assert names == [f"{name}.pdf", f"{name}-{first.pk}.pdf"]
    assert ["1.40 times 290" in text.replace("\n", " ") for text in texts] == [False, True]


def test_the_report_takes_no_other_choice_of_studies(chest, tmp_path):
    with pytest.raises(CommandError, match="takes none but system"):
        exported(tmp_path, "level-report", "dlp_min=100")
    with pytest.raises(CommandError, match="number of kilograms"):
        exported(tmp_path, "level-report", kg_min="heavy")
    assert not list(tmp_path.iterdir())


def test_three_digits_and_no_more():
    assert [number(v) for v in (0, 0.01234, 1.5, 12.34, 123.4, 1234.5)] == [
        "0", "0.0123", "1.5", "12.3", "123", "1\u00a0234",
    ]  # fmt: skip


def test_what_no_font_has_is_a_square():
    assert safe("Ä & \u0e01") == "Ä &amp; \u25a1"


@pytest.mark.parametrize(
    "name", ["Κεφαλή", "Грудная клетка", "中心医院", "胸部ＣＴ かな", "흉부 CT", "Łódź Đơn",
             "Clínica São João"]
)  # fmt: skip
def test_names_in_other_letters_are_written(name):
    store("s", "CT", room=name, study_description=name, totals=Totals(dlp_mgycm=10.0))
    content = report(YEAR._replace(system=System.objects.get().pk, by_description=True)).content

    title, heading = text_of(content).split("Typical values")
    assert name in title
    assert name in heading


def test_the_command_writes_the_file(chest, tmp_path, capsys):
    out = tmp_path / "report.pdf"
    call_command("level-report", "ct", year=2026, out=out)

    assert out.read_bytes().startswith(b"%PDF")
    with pytest.raises(CommandError, match="There is no system 'Nowhere'"):
        call_command("level-report", "ct", year=2026, out=out, system="Nowhere")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("level-report", "ct", year=2026, out=tmp_path / "no" / "x.pdf")
    with pytest.raises(CommandError, match="single acquisitions"):
        call_command("level-report", "nm", year=2026, out=out, level="acquisition")
