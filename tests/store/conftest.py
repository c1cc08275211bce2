"""Fixtures of the tests of the store."""

import pytest

from kerma.store.models import IdentityPolicy


@pytest.fixture
def policy(db):
    """Set the policy on identity: `policy(name="hash")`; the rest is as by default."""

    def choose(**choices: str) -> None:
        IdentityPolicy.objects.update_or_create(pk=1, defaults=choices)

    return choose
