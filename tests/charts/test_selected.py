"""Filters evaluated on columns find the studies that the database finds, and no others."""

import numpy as np
import pytest
from django.db import connection

from kerma.charts.cache import fresh
from kerma.charts.selected import chosen, columns_for
from kerma.query.conditions import studies
from kerma.query.selection import select
from kerma.store import known_texts
from kerma.store.models import Study
from tests.charts.made_up import store_some
from tests.query.test_filters import CASES

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MADE_UP = [
    [("study_description", "thorax")],
    [("study_description", "THORAX  LOW"), ("date_from", "2026-01-01")],
    [("requested_procedure", "CHEST "), ("weight_min", "60"), ("weight_max", "90,5")],
    [("physician", "grey"), ("age_min", "40")],
    [("acquisition_protocol", "3 mm"), ("dlp_min", "300")],
    [("display_name", "zimmer ü")],
    [("date_until", "2025-12-31")],
    [("spiral", "some"), ("localiser", "none"), ("test_data", "exclude")],
    [("spiral", "2")],
    [("manufacturer", "acme"), ("events", "some")],
    [("station_name", "zimmer Ü")],
    [("institution", "CITY"), ("model", "ray")],
    [("institution", "city_")],
    [("institution", "100%")],
    [("institution", "ÿ")],
    [("standard_name", "skull")],
    [("standard_name", "ANGIO")],
    [("physician", "nobody")],
    [("display_name", "nowhere")],
]


def on_columns(selection):
    view = fresh.view(selection.modality, ["system_id", *columns_for(selection)])
    flags = view.in_force & chosen(selection, view.studies)
    return sorted(view.studies.studies[flags].tolist())


def in_database(selection):
    return sorted(studies(selection).values_list("pk", flat=True))


def test_every_filter_of_the_lists_finds_the_same_studies(hospital):
    for modality, name, value, _ in CASES:
        selection = select(modality, [(name, value)], identity=True)
        assert on_columns(selection) == in_database(selection), (name, value)


def test_several_filters_find_the_same_studies():
    store_some("CT", 50)
    Study.objects.filter(study_description="Head").update(standard_name="Skull")
    Study.objects.filter(study_description="HEAD").update(standard_acquisitions="Angio\nSkull")
    Study.objects.filter(station_name="Room 1").update(institution="Straße 1")
    known_texts.note(connection.cursor(), [
        dict.fromkeys(known_texts.FIELDS, "") | {"standard_name": "Skull"},
        dict.fromkeys(known_texts.FIELDS, "") | {"standard_acquisitions": "Angio\nSkull"},
    ])  # fmt: skip
    found = []
    for pairs in MADE_UP:
        selection = select("CT", pairs)
        assert on_columns(selection) == in_database(selection), pairs
        found.append(len(in_database(selection)))
    assert np.count_nonzero(found) >= 9


def test_a_system_is_found_by_its_number():
    store_some("CT", 10)
    selection = select("CT", [])
    view = fresh.view("CT", ["system_id"])
    system = int(view.studies.columns["system_id"][0])
    selection = select("CT", [("system", str(system))])
    assert on_columns(selection) == in_database(selection) != []
