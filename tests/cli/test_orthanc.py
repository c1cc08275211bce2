"""`kerma orthanc` writes what Orthanc needs."""

import stat

import pytest
from django.core.management import CommandError, call_command

from tests.pipeline.arrivals import rule

pytestmark = pytest.mark.django_db


def test_both_files_are_filled_in_with_the_rules_of_the_site(tmp_path):
    rule("ignore", "manufacturer", "Faxitron X-Ray LLC")
    rule("ignore", "model", r"it's \ odd")
    rule("physics", "patient", "physics")
    rule("collect", "scanner", "Toshiba", "Aquilion")

    call_command("orthanc", tmp_path, url="https://kerma.example/dms/", token="secret", aet="DOOR")

    script = (tmp_path / "kerma.lua").read_text()
    assert "kerma_url = 'https://kerma.example/dms/dicom-web/studies'" in script
    assert "kerma_token = 'secret'" in script
    assert "manufacturers_to_ignore = {'Faxitron X-Ray LLC'}" in script
    assert r"model_names_to_ignore = {'it\'s \\ odd'}" in script
    assert "physics_to_keep = {'physics'}" in script
    assert "toshiba_extractor_systems = {{'Toshiba', 'Aquilion'}}" in script
    assert "@" not in script
    configuration = (tmp_path / "orthanc.json").read_text()
    assert '"DicomAet" : "DOOR"' in configuration
    assert str(tmp_path / "kerma.lua") in configuration


def test_strangers_cannot_read_the_token(tmp_path):
    call_command("orthanc", tmp_path, url="http://localhost:8000", token="secret")

    assert not stat.S_IMODE((tmp_path / "kerma.lua").stat().st_mode) & stat.S_IRWXO


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, "either --url"),
        ({"url": "http://x", "folder": "/"}, "either --url"),
        ({"url": "kerma", "token": "x"}, "no address"),
        ({"url": "http://x"}, "--token"),
        ({"folder": "/no/such"}, "no such folder"),
        ({"url": "http://x", "token": "t", "aet": "A" * 17}, "no AE title"),
        ({"url": "http://x", "token": "t", "port": 0}, "no port 0"),
    ],
)
def test_arguments_that_cannot_work_are_refused(tmp_path, arguments, words):
    with pytest.raises(CommandError, match=words):
        call_command("orthanc", tmp_path / "new", **arguments)
    assert not (tmp_path / "new").exists()
