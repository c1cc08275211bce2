"""The outermost loop of every worker process."""

import logging

import pytest
from django.db import OperationalError

from kerma.cli.supervise import Life
from kerma.cli.work import steadily

pytestmark = pytest.mark.django_db(transaction=True)


class Hasty(Life):
    """A life that notes its pauses instead of making them, and ends after so many."""

    def __init__(self, turns):
        super().__init__(None, lambda: None)
        self.pauses = []
        self._turns = turns

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.is_ending = len(self.pauses) == self._turns


def test_it_pauses_as_long_as_the_work_says():
    life = Hasty(3)
    pauses = iter([0.0, 0.2, 5.0])

    steadily(life, lambda: next(pauses))

    assert life.pauses == [0.0, 0.2, 5.0]


def test_a_database_that_is_away_is_told_once_asked_ever_more_seldom_and_told_when_back(caplog):
    life = Hasty(7)
    left = [OperationalError("no connection\nto server")] * 6

    def act():
        if left:
            raise left.pop()
        return 0.5

    with caplog.at_level(logging.WARNING, "kerma.work"):
        steadily(life, act)

    assert life.pauses == [1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 0.5]
    assert [record.message for record in caplog.records] == [
        "The database does not answer (no connection to server); it is tried again.",
        "The database answers again.",
    ]


def test_a_fault_of_kerma_is_logged_and_does_not_end_the_process(caplog):
    life = Hasty(2)
    left = [ZeroDivisionError()]

    def act():
        if left:
            raise left.pop()
        return 0.0

    steadily(life, act)

    assert life.pauses == [5.0, 0.0]
    assert "ZeroDivisionError" in caplog.text
