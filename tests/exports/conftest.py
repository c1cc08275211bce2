"""The small hospital, for all tests of exports."""

import pytest

from tests.query.hospital import store_everything


@pytest.fixture
def hospital(db):
    store_everything()
