"""Fixtures for the tests of the network."""

from tests.net.sending import home, open_store

__all__ = ["home", "open_store"]
