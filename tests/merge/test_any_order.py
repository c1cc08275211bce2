"""What holds for any sources in any order, tried on made-up examinations."""

import timeit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerma.merge import event_keys, merge
from kerma.merge.groups import groups
from kerma.merge.order import in_canonical_order
from kerma.merge.study import _merged
from kerma.records import from_json, to_json
from tests.merge.builders import ct, ct_report, report, shot
from tests.merge.worlds import several_worlds, worlds

steady = settings(deadline=None)
"""No deadline for an example: other work on the machine would make tests fail at random."""

TOTALS = ("dlp_mgycm", "dap_gym2", "administered_activity_mbq")


def records_of(sources):
    return [source.record for source in sources]


@steady
@given(several_worlds, st.data())
def test_the_result_depends_on_the_set_of_sources_alone(several, data):
    sources = [source for world in several for source in world.sources]
    records = records_of(sources)
    again = data.draw(st.lists(st.sampled_from(records), max_size=3))

    shuffled = data.draw(st.permutations(records + again))

    assert merge(shuffled) == merge(records)


@steady
@given(worlds, st.data())
def test_after_each_arrival_every_exposure_told_of_so_far_is_there_once(world, data):
    order = data.draw(st.permutations(world.sources))

    for arrived in range(1, len(order) + 1):
        sources = tuple(order[:arrived])
        (study,) = merge(records_of(sources))
        told = frozenset[int]().union(*(source.told for source in sources))

        assert len(study.record.events) == study.record.totals.events == len(told)


@steady
@given(worlds, st.data())
def test_after_each_arrival_the_totals_are_the_true_ones(world, data):
    order = data.draw(st.permutations(world.sources))

    for arrived in range(1, len(order) + 1):
        sources = tuple(order[:arrived])
        (study,) = merge(records_of(sources))

        for name in TOTALS:
            value = getattr(study.record.totals, name)
            if value is not None:
                assert value == pytest.approx(world.truth(sources, name), rel=1e-9)


@steady
@given(worlds)
def test_a_total_that_sources_declare_is_never_lost(world):
    (study,) = merge(records_of(world.sources))

    for name in TOTALS:
        declared = any(getattr(s.record.totals, name) is not None for s in world.sources)
        assert (getattr(study.record.totals, name) is not None) == declared


@steady
@given(several_worlds)
def test_equipment_and_modality_part_the_studies(several):
    studies = merge(record for world in several for record in records_of(world.sources))

    parted = {frozenset(study.states) for study in studies}
    assert parted == {
        frozenset(record.study.sop_instance_uid for record in records_of(world.sources))
        for world in several
    }
    assert len({(study.record.modality, study.equipment) for study in studies}) == len(several)
    told = [len(frozenset[int]().union(*(s.told for s in world.sources))) for world in several]
    assert sorted(len(study.record.events) for study in studies) == sorted(told)


@steady
@given(worlds)
def test_every_source_has_a_state_and_one_at_least_counts(world):
    (study,) = merge(records_of(world.sources))

    assert set(study.states) == {r.study.sop_instance_uid for r in records_of(world.sources)}
    assert set(study.states.values()) <= {"active", "superseded", "duplicate"}
    assert "active" in study.states.values()


@steady
@given(worlds)
def test_a_source_that_is_superseded_can_be_left_out_without_losing_an_exposure(world):
    (study,) = merge(records_of(world.sources))
    kept = [s for s in world.sources if study.states[s.record.study.sop_instance_uid] == "active"]

    (without,) = merge(records_of(kept))

    assert len(without.record.events) == len(study.record.events)


@steady
@given(worlds)
def test_the_keys_of_the_events_are_unique_within_the_study(world):
    (study,) = merge(records_of(world.sources))

    keys = event_keys(study.record)
    assert len(set(keys)) == len(study.record.events)


@steady
@given(worlds)
def test_a_single_source_gives_at_once_what_the_general_way_gives(world):
    for record in records_of(world.sources):
        (group,) = groups(in_canonical_order([record]), lambda _: True)

        assert merge([record]) == (_merged(group),)


@pytest.mark.parametrize(
    "record",
    [ct_report("A", [ct(n) for n in range(8)]), report("A", [shot(n) for n in range(8)])],
    ids=["ct", "projection"],
)
def test_a_single_source_of_eight_events_takes_less_than_a_tenth_of_a_millisecond(record):
    shortest_s = min(timeit.repeat(lambda: merge([record]), number=20, repeat=20)) / 20

    assert shortest_s < 100e-6


@steady
@given(worlds)
def test_records_that_were_stored_as_json_merge_to_the_same(world):
    records = records_of(world.sources)

    assert merge(map(from_json, map(to_json, records))) == merge(records)


@steady
@given(worlds)
def test_merging_what_was_merged_changes_nothing(world):
    (study,) = merge(records_of(world.sources))

    assert merge([study.record])[0].record == study.record
