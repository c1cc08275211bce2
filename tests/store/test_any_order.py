"""The stored rows depend on the set of objects alone, not on the order of their arrival."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerma.store.models import DailyCount, Study, System
from tests.merge.worlds import projection_worlds, several_worlds
from tests.store.helpers import arrive, contents

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

many = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@contextmanager
def empty_database():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored_after(records, user_defined_modality=""):
    with empty_database():
        if user_defined_modality:
            System.objects.create(display_name="ROOM1", user_defined_modality=user_defined_modality)
        for record in records:
            arrive(record)
        return contents()


def records_of(several):
    return [source.record for world in several for source in world.sources]


@many
@given(several_worlds, st.data())
def test_any_order_gives_the_same_rows(several, data):
    records = records_of(several)
    shuffled = data.draw(st.permutations(records))

    assert stored_after(shuffled) == stored_after(records)


@many
@given(several_worlds, st.data())
def test_objects_that_come_again_change_nothing(several, data):
    records = records_of(several)
    again = data.draw(st.lists(st.sampled_from(records), min_size=1, max_size=4))

    assert stored_after(records + again) == stored_after(records)


@many
@given(projection_worlds(modality="RF"), st.sampled_from(["Dual", "DX"]), st.data())
def test_any_order_gives_the_same_rows_on_systems_of_a_modality_set_by_hand(world, wanted, data):
    records = records_of([world])
    shuffled = data.draw(st.permutations(records))

    assert stored_after(shuffled, wanted) == stored_after(records, wanted)


@many
@given(several_worlds)
def test_every_study_is_counted_on_its_day(several):
    with empty_database():
        for record in records_of(several):
            arrive(record)

        counted = sum(DailyCount.objects.values_list("studies", flat=True))
        assert counted == Study.objects.count()


@many
@given(several_worlds)
def test_a_study_has_the_events_it_says_and_no_other(several):
    with empty_database():
        for record in records_of(several):
            arrive(record)

        for study in Study.objects.all():
            events = (study.ctevents, study.projectionevents, study.administrations)
            assert sum(kind.count() for kind in events) == study.number_of_events
