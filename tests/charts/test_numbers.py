"""The numbers of every chart equal those of plain loops over the rows."""

import numpy as np
import pytest

from kerma import charts
from kerma.query.selection import select
from kerma.store.models import CtEvent, ProjectionEvent, Study
from tests.charts.by_hand import Rows, check
from tests.charts.fresh_cache import drop_cache
from tests.charts.made_up import store_some

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

MODALITIES = ("CT", "RF", "DX", "MG", "NM")


def named(modality):
    """Give standard names to some studies and events, as the naming does."""
    Study.objects.filter(study_description__startswith="H").update(standard_name="Skull")
    for model in (CtEvent, ProjectionEvent):
        model.objects.filter(acquisition_protocol__startswith="A").update(standard_name="Angio")


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_chart_equals_plain_loops_over_the_rows(modality):
    store_some(modality, 40)
    named(modality)
    rows = Rows(modality)
    for chart in charts.charts_of(modality):
        check(chart, charts.compute(chart, select(modality, [])), rows)


@pytest.mark.parametrize("modality", MODALITIES)
def test_every_chart_of_an_empty_database_is_empty(modality):
    for chart in charts.charts_of(modality):
        result = charts.compute(chart, select(modality, []))
        assert (result.cases, result.without, result.series) == (0, 0, [])


def test_negative_and_infinite_values_are_left_out_and_counted():
    store_some("CT", 20)
    first, second, third = CtEvent.objects.exclude(acquisition_protocol="")[:3]
    for event, value in ((first, -1.0), (second, np.inf), (third, 0.0)):
        event.dlp_mgycm = value
        event.save()
    chart = charts.find("ct-acquisition-dlp")
    check(chart, charts.compute(chart, select("CT", [])))


def test_not_a_number_is_left_out_and_counted():
    store_some("CT", 20)
    event = CtEvent.objects.exclude(acquisition_protocol="").exclude(dlp_mgycm=None)[0]
    before = charts.compute(charts.find("ct-acquisition-dlp"), select("CT", []))
    event.dlp_mgycm = float("nan")
    event.save()
    drop_cache()
    after = charts.compute(charts.find("ct-acquisition-dlp"), select("CT", []))
    assert (after.cases, after.without) == (before.cases - 1, before.without + 1)
