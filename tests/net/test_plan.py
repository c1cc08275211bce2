"""When a schedule runs and for which days: nights, summer time, clocks that jump, long silence."""

import datetime as dt
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerma.net.schedule import hours as week
from kerma.net.schedule.plan import (
    Dates,
    Plan,
    covered_until,
    dates,
    decide,
    next_run,
    success_after,
)

MADRID = ZoneInfo("Europe/Madrid")
KOLKATA = ZoneInfo("Asia/Kolkata")


def at(text, zone=MADRID):
    """Return a time of the site's clock, as UTC."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(dt.UTC)


def only(*slots):
    """Return a week in which only these (day, hour) are allowed; Monday is 0."""
    return [(hour // 24, hour % 24) in slots for hour in range(week.WEEK_H)]


ALWAYS = Plan(week.always(), 60)


def test_a_schedule_that_never_ran_runs_at_once_within_its_hours():
    assert decide(ALWAYS, at("2026-03-02 12:00"), MADRID).is_due


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"enabled": False}, "It is switched off."),
        ({"hours": week.never()}, "This is not one of its hours."),
        ({"hours": []}, "This is not one of its hours."),
    ],
)
def test_it_does_not_run_when_switched_off_or_outside_its_hours(changed, sentence):
    found = decide(ALWAYS._replace(**changed), at("2026-03-02 12:00"), MADRID)

    assert found == (False, sentence)


def test_a_run_still_under_way_is_not_doubled():
    found = decide(ALWAYS, at("2026-03-02 12:00"), MADRID, is_running=True)

    assert found == (False, "Its previous run is still under way.")


@pytest.mark.parametrize(("minutes", "is_due"), [(0, False), (59, False), (60, True), (900, True)])
def test_between_two_runs_pass_as_many_minutes_as_it_says(minutes, is_due):
    plan = ALWAYS._replace(last_run_at=at("2026-03-02 12:00"))

    now = plan.last_run_at + dt.timedelta(minutes=minutes)

    assert decide(plan, now, MADRID).is_due == is_due


def test_a_night_begins_and_ends_by_the_clock_of_the_site():
    plan = Plan(week.night(), 5)

    due = [decide(plan, at(f"2026-03-02 {clock}"), MADRID).is_due
           for clock in ("18:59", "19:00", "23:59", "05:59", "06:00")]  # fmt: skip

    assert due == [False, True, True, True, False]


def test_a_zone_half_an_hour_off_has_its_own_hours():
    plan = Plan(only((0, 7)), 5)

    assert decide(plan, at("2026-03-02 07:00", KOLKATA), KOLKATA).is_due
    assert not decide(plan, at("2026-03-02 06:59", KOLKATA), KOLKATA).is_due
    assert next_run(plan, at("2026-03-02 06:10", KOLKATA), KOLKATA) == at("2026-03-02 07:00", KOLKATA)  # fmt: skip  # noqa: E501


def test_the_hour_that_summer_time_leaves_out_counts_with_the_one_after_it():
    """On 29 March 2026 the clocks of Madrid go from 2 h to 3 h."""
    plan = Plan(only((6, 2)), 60)

    assert not decide(plan, at("2026-03-29 01:59"), MADRID).is_due
    assert decide(plan, at("2026-03-29 03:00"), MADRID).is_due
    assert not decide(plan, at("2026-03-29 04:00"), MADRID).is_due
    assert not decide(plan, at("2026-04-05 03:00"), MADRID).is_due
    assert next_run(plan, at("2026-03-28 12:00"), MADRID) == at("2026-03-29 03:00")


def test_the_hour_that_comes_twice_is_allowed_twice_and_keeps_the_pause():
    """On 25 October 2026 the clocks of Madrid go from 3 h back to 2 h, at 1 h UTC."""
    plan = Plan(only((6, 2)), 60)
    first = dt.datetime(2026, 10, 25, 0, 0, tzinfo=dt.UTC)

    assert decide(plan, first, MADRID).is_due
    again = plan._replace(last_run_at=first)
    assert not decide(again, first + dt.timedelta(minutes=59), MADRID).is_due
    assert decide(again, first + dt.timedelta(minutes=60), MADRID).is_due
    assert not decide(again, first + dt.timedelta(minutes=120), MADRID).is_due


def test_a_clock_that_jumped_far_ahead_and_came_back_holds_nothing_up():
    plan = ALWAYS._replace(last_run_at=at("2036-01-01 00:00"))

    assert decide(plan, at("2026-03-02 12:00"), MADRID).is_due


def test_clocks_of_two_hosts_that_differ_a_little_run_nothing_twice():
    plan = ALWAYS._replace(last_run_at=at("2026-03-02 12:00:20"))

    assert not decide(plan, at("2026-03-02 12:00:00"), MADRID).is_due


def test_after_missed_hours_it_runs_once_for_all_the_days_missed():
    plan = ALWAYS._replace(last_run_at=at("2026-03-02 12:00"), last_success_at=at("2026-03-02 12:00"))  # fmt: skip  # noqa: E501
    now = at("2026-03-05 09:00")

    assert decide(plan, now, MADRID).is_due
    assert dates(plan, now, MADRID) == Dates(dt.date(2026, 3, 1), dt.date(2026, 3, 5))


def test_the_first_run_looks_back_as_many_days_as_it_says():
    plan = ALWAYS._replace(first_days=3)

    assert dates(plan, at("2026-03-05 09:00"), MADRID) == Dates(
        dt.date(2026, 3, 2), dt.date(2026, 3, 5)
    )


def test_the_overlap_is_counted_in_hours_back_from_the_last_success():
    plan = ALWAYS._replace(last_success_at=at("2026-03-05 08:00"), overlap_h=2)

    assert dates(plan, at("2026-03-05 09:00"), MADRID).first == dt.date(2026, 3, 5)
    assert dates(plan._replace(overlap_h=9), at("2026-03-05 09:00"), MADRID).first == dt.date(2026, 3, 4)  # fmt: skip  # noqa: E501


def test_a_success_in_the_future_counts_for_nothing():
    plan = ALWAYS._replace(last_success_at=at("2036-01-01 00:00"), first_days=2)

    assert dates(plan, at("2026-03-05 09:00"), MADRID).first == dt.date(2026, 3, 3)


def test_a_long_silence_is_caught_up_in_portions_that_leave_no_day_out():
    plan = ALWAYS._replace(last_success_at=at("2026-01-01 08:00"), overlap_h=24 * 30)
    now = at("2026-03-05 09:00")
    asked = []

    while not asked or asked[-1].last < now.astimezone(MADRID).date():
        asked.append(dates(plan, now, MADRID))
        plan = plan._replace(last_success_at=covered_until(asked[-1], now, MADRID))

    assert len(asked) < 12
    assert all(before.last >= after.first for before, after in pairwise(asked))
    assert plan.last_success_at == now


def test_what_is_switched_off_or_has_no_hour_never_runs():
    now = at("2026-03-02 12:00")

    assert next_run(ALWAYS._replace(enabled=False), now, MADRID) is None
    assert next_run(Plan(week.never(), 60), now, MADRID) is None


def test_the_next_run_is_after_the_pause_in_the_next_allowed_hour():
    plan = Plan(week.night(), 120, last_run_at=at("2026-03-02 04:30"))

    assert next_run(plan, at("2026-03-02 05:00"), MADRID) == at("2026-03-02 19:00")


@given(
    st.lists(st.booleans(), min_size=week.WEEK_H, max_size=week.WEEK_H),
    st.integers(0, 2 * 365 * 24 * 60),
    st.sampled_from([MADRID, KOLKATA, ZoneInfo("Australia/Lord_Howe"), ZoneInfo("UTC")]),
    st.integers(5, 10_000),
)
def test_it_is_due_when_its_next_run_says_and_not_before(hours, minute, zone, every_min):
    """Lord Howe changes its clocks by half an hour."""
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minute)
    plan = Plan(hours, every_min, last_run_at=now - dt.timedelta(minutes=7))

    found = next_run(plan, now, zone)

    if found is None:
        assert not any(hours)
        return
    assert decide(plan, found, zone).is_due
    for minutes in (1, 20, 61, 600):
        before = found - dt.timedelta(minutes=minutes)
        assert before < now or not decide(plan, before, zone).is_due


def test_hours_are_said_as_people_say_them():
    night_weekend = [a or b for a, b in zip(week.night(), week.weekend(), strict=True)]

    assert week.in_words(week.always()) == "at any hour"
    assert week.in_words(week.never()) == "at no hour"
    assert week.in_words(week.night()) == "daily 0–6 h, 19–24 h"
    assert week.in_words(night_weekend) == "Mon–Fri 0–6 h, 19–24 h; Sat, Sun all day"
    assert week.in_words(only((2, 12))) == "Wed 12–13 h"


def days_asked(plan, start, outcomes):
    """Run once a day; yield the time and the days of each run. `outcomes`: (fetched, failed)."""
    for number, (fetched, failed) in enumerate(outcomes):
        now = start + dt.timedelta(days=number)
        asked = dates(plan, now, MADRID)
        yield now.astimezone(MADRID).date(), asked
        until = covered_until(asked, now, MADRID)
        success = success_after(plan.last_success_at, until, now, fetched=fetched, failed=failed)
        plan = plan._replace(last_success_at=success)


@pytest.mark.parametrize("first_days", [3, 30])
def test_a_study_that_can_never_be_sent_keeps_no_run_from_the_studies_of_today(first_days):
    plan = ALWAYS._replace(first_days=first_days)
    runs = list(days_asked(plan, at("2026-03-05 09:00"), [(True, True)] * 90))

    for today, asked in runs[30:]:
        assert asked.last == today
        assert dt.timedelta(5) <= today - asked.first <= dt.timedelta(7)


def test_a_node_that_sends_nothing_for_two_weeks_costs_no_day():
    plan = ALWAYS._replace(last_success_at=at("2026-03-04 09:00"))
    outcomes = [(False, True)] * 14 + [(True, False)] * 5
    runs = [asked for _, asked in days_asked(plan, at("2026-03-05 09:00"), outcomes)]

    after = runs[14:]
    assert after[0].first == dt.date(2026, 3, 3)
    assert all(before.last >= then.first for before, then in pairwise(after))
    assert after[-1].last == dt.date(2026, 3, 23)


def test_a_node_that_sends_nothing_for_ever_holds_a_schedule_up_for_a_month_at_most():
    plan = ALWAYS._replace(last_success_at=at("2026-03-04 09:00"))
    runs = list(days_asked(plan, at("2026-03-05 09:00"), [(False, True)] * 120))

    assert all(today - asked.first <= dt.timedelta(32) for today, asked in runs)


def test_the_first_run_that_fetched_nothing_is_made_again():
    until, now = at("2026-03-05 09:00"), at("2026-03-05 10:00")

    assert success_after(None, until, now, fetched=False, failed=True) is None
