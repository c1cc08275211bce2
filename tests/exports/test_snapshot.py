"""An export holds the studies as they were when it began, each whole."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.sites import sites

PROGRAM = Path(__file__).with_name("snapshot_of.py")


@pytest.mark.both_databases
def test_studies_deleted_replaced_and_added_meanwhile_do_no_harm(tmp_path):
    with sites(lambda: tmp_path) as new_site:
        site = new_site()
        process = site.python("-m", "tests.exports.snapshot_of", str(tmp_path),
                              stdout=subprocess.PIPE)  # fmt: skip
        out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors

    found = json.loads(out)

    was = [[f"{dlp}", f"{dlp}"] for dlp in (103.0, 102.0, 101.0, 100.0)]
    assert found["during"] == was
    assert found["told"] == [0, 4]
    now = [[f"{dlp}", f"{dlp}"] for dlp in (1.0, 103.0, 102.0, 999.0)]
    assert found["after"] == now
