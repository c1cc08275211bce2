"""The small hospital, for all tests of pages."""

from tests.query.conftest import hospital

__all__ = ["hospital"]
