"""The rules that a new site has: made once, with their table."""

from types import SimpleNamespace

import pytest

from kerma.store.alert_rules import first_rules, make_first
from kerma.store.models import AlertRule

pytestmark = pytest.mark.django_db


def step(name, back=False):
    return SimpleNamespace(name=name), back


def test_they_are_made_with_their_table_and_after_a_flush():
    AlertRule.objects.all().delete()
    make_first("default", plan=[step("0003_network_and_tasks"), step("0004_analysis")])
    assert AlertRule.objects.count() == len(first_rules())

    AlertRule.objects.all().delete()
    make_first("default")
    assert AlertRule.objects.count() == len(first_rules())


def test_what_a_site_has_deleted_does_not_come_back():
    AlertRule.objects.all().delete()

    make_first("default", plan=[])
    make_first("default", plan=[step("0005_later")])

    assert not AlertRule.objects.exists()


def test_what_a_site_has_is_left_alone():
    AlertRule.objects.exclude(kind="absolute").delete()
    count = AlertRule.objects.count()

    make_first("default")

    assert AlertRule.objects.count() == count
