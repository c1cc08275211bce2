"""Every filter of the contract finds the studies it should, and no others."""

import pytest

from kerma.query.conditions import ordering, studies
from kerma.query.filters import filters_of
from kerma.query.search import studies_with_number
from kerma.query.selection import FilterError, select
from kerma.store.models import Study
from tests.query.hospital import store_everything

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]


def found(modality, *pairs, identity=True):
    selection = select(modality, pairs, identity=identity)
    return {study.study_instance_uid for study in studies(selection)}


CT = {"ct-thorax", "ct-head", "ct-test"}

CASES = [
    ("CT", "date_from", "2026-03-05", {"ct-head", "ct-test"}),
    ("CT", "date_until", "2026-03-05", {"ct-thorax", "ct-head"}),
    ("CT", "study_description", "LOW", {"ct-thorax"}),
    ("CT", "study_description", "cavité crâ", {"ct-head"}),
    ("CT", "study_description", "100%", set()),
    ("CT", "study_description", "o_d", set()),
    ("CT", "requested_procedure", "chest", {"ct-thorax"}),
    ("CT", "procedure", "screen", {"ct-thorax"}),
    ("CT", "acquisition_protocol", "thorax ld", {"ct-thorax"}),
    ("CT", "acquisition_protocol", "topo", {"ct-thorax"}),
    ("CT", "station_name", "ct 2", {"ct-head"}),
    ("CT", "manufacturer", "umb", {"ct-head"}),
    ("CT", "model", "slice", {"ct-head"}),
    ("CT", "institution", "harbour", {"ct-head"}),
    ("MG", "institution", "ÜBER", {"mg-wide"}),
    ("CT", "display_name", "harbour clinic", {"ct-head"}),
    ("CT", "accession_number", "a1", {"ct-thorax"}),
    ("CT", "standard_name", "anything", set()),
    ("CT", "physician", "grey", {"ct-thorax"}),
    ("CT", "age_min", "18", {"ct-thorax"}),
    ("CT", "age_max", "17.9", {"ct-head"}),
    ("CT", "weight_min", "70", {"ct-thorax"}),
    ("CT", "weight_max", "18,0", {"ct-head"}),
    ("CT", "test_data", "include", CT),
    ("CT", "test_data", "exclude", CT - {"ct-test"}),
    ("CT", "patient_name", "byron", {"ct-thorax"}),
    ("CT", "patient_id", "0042", {"ct-thorax"}),
    ("CT", "dlp_min", "150", {"ct-thorax", "ct-head"}),
    ("CT", "dlp_max", "150", {"ct-thorax"}),
    ("CT", "events", "2", {"ct-thorax", "ct-head"}),
    ("CT", "events", "none", {"ct-test"}),
    ("CT", "spiral", "1", {"ct-thorax"}),
    ("CT", "spiral", "some", {"ct-thorax"}),
    ("CT", "spiral", "none", {"ct-head", "ct-test"}),
    ("CT", "sequenced", "some", {"ct-head"}),
    ("CT", "stationary", "1", {"ct-head"}),
    ("CT", "localiser", "some", {"ct-thorax"}),
    ("RF", "dap_min", "20000", {"rf-pci"}),
    ("RF", "dap_max", "100", {"rf-swallow"}),
    ("RF", "events", "2", {"rf-pci"}),
    ("RF", "physician", "ann", {"rf-pci"}),
    ("DX", "dap_min", "50", {"dx-spine"}),
    ("DX", "acquisition_dap_min", "15", {"dx-spine"}),
    ("DX", "acquisition_dap_max", "10", {"dx-chest"}),
    ("MG", "view_code", "r-10242", {"mg-thin"}),
    ("MG", "view_code", "oblique", {"mg-wide"}),
    ("MG", "exposure_control_mode", "manual", {"mg-wide"}),
    ("MG", "thickness_min", "40", {"mg-wide"}),
    ("MG", "thickness_max", "30", {"mg-wide"}),
    ("NM", "radiopharmaceutical", "deoxy", {"nm-fdg"}),
    ("NM", "radionuclide", "technetium", {"nm-bone"}),
    ("NM", "activity_min", "400", {"nm-bone"}),
    ("NM", "activity_max", "394", {"nm-fdg"}),
]


@pytest.mark.parametrize(("modality", "name", "value", "expected"), CASES)
def test_a_filter_finds_its_studies(hospital, modality, name, value, expected):
    assert found(modality, (name, value)) == expected


def test_every_filter_of_the_contract_is_tried_above():
    tried = {name for _, name, _, _ in CASES}

    assert set(filters_of("", identity=True)) - tried == {"system"}


def test_filters_hold_together(hospital):
    assert found("CT", ("dlp_min", "100"), ("spiral", "none")) == {"ct-head"}


def test_one_event_must_lie_within_both_ends(hospital):
    """The wide study has 30 and 80 mm, and nothing between."""
    assert found("MG", ("thickness_min", "32"), ("thickness_max", "70")) == {"mg-thin"}


def test_without_a_modality_all_filters_work(hospital):
    assert found("", ("date_from", "2026-03-10")) == {"nm-fdg", "nm-bone"}
    assert found("", ("dlp_min", "1")) == {"ct-thorax", "ct-head"}


def test_empty_values_say_nothing(hospital):
    assert found("CT", ("study_description", " "), ("dlp_min", "")) == CT


def test_hashed_identity_is_found_by_the_exact_value_only(db):
    store_everything(identity="hash")

    assert found("CT", ("patient_id", "00042")) == {"ct-thorax"}
    assert found("CT", ("patient_id", "0042")) == set()
    assert found("CT", ("patient_name", "Byron^Ada")) == {"ct-thorax"}


SHA256_OF_00042 = "be9c43d5e24b5306016a82e2e7b76792eeaaa7c9daee2cb82522ce42fbda3a9a"
"""As `sha256sum` says of the five digits."""


def test_a_plain_sha256_of_an_older_system_is_found_by_the_value(db):
    store_everything(identity="hash")
    Study.objects.filter(study_instance_uid="ct-thorax").update(patient_id=SHA256_OF_00042)

    assert found("CT", ("patient_id", "00042")) == {"ct-thorax"}
    assert [one.study_instance_uid for one in studies_with_number("00042", identity=True)] == [
        "ct-thorax"
    ]


def test_the_hash_of_an_older_list_finds_what_it_has_become_here(db):
    store_everything(identity="hash")

    for typed in (SHA256_OF_00042, SHA256_OF_00042.upper()):
        assert found("CT", ("patient_id", typed)) == {"ct-thorax"}
        assert studies_with_number(typed, identity=True)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("colour", "red", "no filter 'colour'. Known: date_from, date_until"),
        ("dlp_min", "much", "dlp_min must be a number, not 'much'"),
        ("dlp_min", "nan", "must be a number"),
        ("date_from", "1.3.2026", "must be a date such as 2026-11-20"),
        ("spiral", "many", "must be a number, some or none"),
        ("spiral", "-1", "must be a number, some or none"),
        ("test_data", "yes", "must be include or exclude"),
        ("order", "colour", "cannot order by 'colour'. Known: study_date"),
        ("system", "CT 1", "must be the number of a system"),
        ("thickness_min", "3", "no filter 'thickness_min'"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_the_known(name, value, words):
    with pytest.raises(FilterError) as error:
        select("CT", [(name, value)])

    assert words in str(error.value)


def test_identity_filters_do_not_exist_for_others(hospital):
    with pytest.raises(FilterError):
        select("CT", [("patient_name", "byron")], identity=False)
    with pytest.raises(FilterError):
        select("CT", [("order", "patient_name")], identity=False)


def in_order(modality, order):
    selection = select(modality, [("order", order)])
    rows = studies(selection).order_by(*ordering(selection))
    return [study.study_instance_uid for study in rows]


@pytest.mark.parametrize(
    ("modality", "order", "expected"),
    [
        ("CT", "-study_date", ["ct-test", "ct-head", "ct-thorax"]),
        ("CT", "date", ["ct-thorax", "ct-head", "ct-test"]),
        ("CT", "-dlp", ["ct-head", "ct-thorax", "ct-test"]),
        ("CT", "dlp", ["ct-test", "ct-thorax", "ct-head"]),
        ("CT", "-dlp_mgycm", ["ct-head", "ct-thorax", "ct-test"]),
        ("CT", "study_description", ["ct-head", "ct-test", "ct-thorax"]),
        ("CT", "-spiral", ["ct-thorax", "ct-test", "ct-head"]),
        ("RF", "-level", ["rf-pci", "rf-swallow"]),
        ("NM", "activity", ["nm-fdg", "nm-bone"]),
    ],
)
def test_any_column_orders_and_empty_values_are_the_least(hospital, modality, order, expected):
    assert in_order(modality, order) == expected
