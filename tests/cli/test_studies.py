"""`kerma studies`: stored studies as JSON Lines."""

import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.query.hospital import store_everything

pytestmark = pytest.mark.django_db


def lines(capsys, *arguments):
    call_command("studies", *arguments)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_study_is_one_line(capsys):
    store_everything()

    assert len(lines(capsys)) == 11
    assert {one["modality"] for one in lines(capsys, "--modality", "nm")} == {"NM"}


def test_filters_and_order_are_those_of_the_list(capsys):
    store_everything()

    found = lines(capsys, "--modality", "CT", "dlp_min=100", "order=-dlp")

    assert [one["study_instance_uid"] for one in found] == ["ct-head", "ct-thorax"]
    assert found[0]["study_description"] == "CAVITÉ CRÂNIENNE"


@pytest.mark.parametrize("argument", ["colour=red", "dlp_min=much", "thorax"])
def test_a_wrong_filter_is_a_wrong_argument(argument):
    with pytest.raises(CommandError) as error:
        call_command("studies", argument)

    assert error.value.returncode == 2
