import datetime as dt

import pytest

from kerma.demo import draw_studies

UNTIL = dt.datetime.fromisoformat("2026-11-21T12:00:00")


@pytest.fixture(scope="session")
def drawn():
    """One examination of each system and some more: all kinds of objects there are."""
    return list(draw_studies(60, seed=7, until=UNTIL))
