"""Each test of charts begins with an empty cache."""

import pytest

from tests.charts.fresh_cache import drop_cache
from tests.query.conftest import hospital  # noqa: F401 - a fixture


@pytest.fixture(autouse=True)
def _empty_cache():
    drop_cache()
