"""The queries of lists and home page walk along an index: none sorts, none reads a whole table."""

import datetime as dt

import pytest
from django.db import connection
from django.db.models import F, Max, QuerySet, Sum

from kerma.records import StudyHeader
from kerma.store.counts import recount
from kerma.store.models import CtEvent, DailyCount, ObjectUse, Source, StoredObject, Study, System
from tests.merge.builders import ct, ct_report
from tests.store.helpers import arrive

pytestmark = pytest.mark.django_db

COMMON = ("date_time", "study_description", "station_name", "system")
SORTS = [(modality, column) for modality in ("CT", "RF", "DX", "MG", "NM") for column in COMMON] + [
    ("CT", "dlp_mgycm"),
    ("RF", "dap_gym2"),
    ("RF", "rp_dose_gy"),
    ("DX", "dap_gym2"),
    ("MG", "agd_left_mgy"),
    ("MG", "agd_right_mgy"),
    ("NM", "administered_activity_mbq"),
]


@pytest.fixture(autouse=True)
def sqlite_only():
    if connection.vendor != "sqlite":
        pytest.skip("reads the plans of SQLite")


def plan(queryset: "QuerySet") -> str:
    sql, parameters = queryset.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", parameters)
        return "\n".join(row[-1] for row in cursor.fetchall())


def is_quick(text: str) -> bool:
    """Whether the plan reads only what it needs: `SCAN … USING COVERING INDEX` is no table."""
    whole = [line for line in text.splitlines() if line.startswith("SCAN") and "INDEX" not in line]
    return "TEMP B-TREE" not in text and not whole


def ordered(column: str, *, descending: bool) -> list:
    names = [column] if column == "date_time" else [column, "date_time"]
    if descending:
        return [F(name).desc(nulls_last=True) for name in names] + ["-id"]
    return [F(name).asc(nulls_first=True) for name in names] + ["id"]


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize(("modality", "column"), SORTS)
def test_a_list_in_a_usual_order_walks_along_an_index(modality, column, descending):
    studies = Study.objects.filter(modality=modality)

    text = plan(studies.order_by(*ordered(column, descending=descending))[:25])

    assert is_quick(text), text
    assert "USING INDEX study_by_" in text


def test_a_list_of_one_system_walks_along_an_index():
    studies = Study.objects.filter(modality="CT", system=1, date_time__gte=dt.datetime(2020, 1, 1))  # noqa: DTZ001

    text = plan(studies.order_by("-date_time", "-id")[:25])

    assert is_quick(text), text
    assert "study_by_system" in text


def test_the_studies_of_a_description_are_found_by_index():
    text = plan(Study.objects.filter(modality="CT", study_description__in=["a", "b"]))

    assert "study_by_description" in text


def test_the_number_of_studies_of_a_modality_is_counted_in_an_index():
    studies = Study.objects.filter(modality="CT", date_time__gte=dt.datetime(2020, 1, 1))  # noqa: DTZ001

    text = plan(studies.values("modality").annotate(n=Sum(1)))

    assert "USING COVERING INDEX" in text


def test_the_latest_study_of_a_system_is_one_step_in_an_index():
    studies = Study.objects.filter(modality="CT", system=1).order_by("-date_time")

    assert is_quick(plan(studies.values("date_time")[:1]))


def test_the_home_page_adds_up_counts_and_reads_no_study():
    rows = DailyCount.objects.values("modality", "system").annotate(total=Sum("studies"))

    text = plan(rows.order_by("modality", "system"))

    assert "store_study" not in text
    assert "TEMP B-TREE" not in text


@pytest.mark.parametrize(
    "lookup",
    [
        lambda: Study.objects.filter(study_instance_uid="1"),
        lambda: Study.objects.filter(accession_number="A"),
        lambda: Study.objects.filter(patient_id="A").order_by("study_date"),
        lambda: Study.objects.filter(device=1),
        lambda: Source.objects.filter(study_instance_uid="1", sop_instance_uid="2"),
        lambda: Source.objects.filter(study=1),
        lambda: Source.objects.filter(device=1).order_by("study_instance_uid"),
        lambda: StoredObject.objects.filter(sop_instance_uid="1"),
        lambda: ObjectUse.objects.filter(stored_object=1),
        lambda: CtEvent.objects.filter(study=1).order_by("ordinal"),
        lambda: System.objects.filter(display_name="A"),
    ],
)
def test_what_is_looked_up_is_found_by_index(lookup):
    text = plan(lookup())

    assert text.startswith("SEARCH"), text
    assert is_quick(text), text


def test_counting_anew_gives_what_was_counted_one_by_one():
    for number in range(3):
        arrive(ct_report(str(number), [ct(number)], study=_header(number)))
    before = list(DailyCount.objects.values_list("modality", "system", "study_date", "studies"))

    recount()

    after = DailyCount.objects.values_list("modality", "system", "study_date", "studies")
    assert sorted(after) == sorted(before)
    assert DailyCount.objects.aggregate(Max("studies"))["studies__max"] == 2


def _header(number: int) -> StudyHeader:
    day = dt.date(2024, 1, 1 + number // 2)
    return StudyHeader(
        study_instance_uid=f"1.{number}", sop_instance_uid=str(number), study_date=day
    )
