"""When a system is called silent: by its own rhythm."""

import datetime as dt

import pytest

from kerma.query.rhythm import rhythm

MONDAY = dt.date(2026, 3, 2)


def days(*numbers):
    return [MONDAY + dt.timedelta(days=number) for number in numbers]


WEEKDAYS = days(*(week * 7 + day for week in range(4) for day in range(5)))
"""Four weeks from Monday to Friday; the longest pause is the weekend, three days."""


@pytest.mark.parametrize(("today", "silent"), [(25, 0), (27, 0), (28, 0), (29, 4), (33, 8)])
def test_a_pause_longer_than_any_before_is_silence(today, silent):
    assert rhythm(WEEKDAYS, *days(today)).silent_days == silent


def test_a_system_that_sends_every_day_may_rest_for_a_weekend():
    daily = days(*range(20))

    assert rhythm(daily, *days(21)).silent_days == 0
    assert rhythm(daily, *days(22)).silent_days == 3


def test_a_system_that_sends_rarely_has_no_rhythm():
    assert rhythm(days(0, 1, 2, 3), *days(90)).silent_days == 0
    assert rhythm([], MONDAY).silent_days == 0
    assert rhythm(days(0), *days(9)).longest_pause == 0


def test_the_sentence_says_how_one_comes_to_it():
    said = rhythm(WEEKDAYS, *days(33)).sentence

    assert said == (
        "No study for 8 days. In the last 92 days it sent on 20, with pauses of at most 3."
    )
