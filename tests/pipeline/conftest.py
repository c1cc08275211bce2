"""A home of its own for each test, and objects to import."""

from pathlib import Path

import pytest

from kerma.dicom.write import to_bytes
from kerma.pipeline.find import Arrival
from tests.dicom.objects import report


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> Path:
    """Give the test an empty KERMA_HOME."""
    settings.KERMA_HOME = tmp_path / "home"
    settings.KERMA_HOME.mkdir()
    return settings.KERMA_HOME


@pytest.fixture
def arrive(tmp_path):
    """Write bytes to a file and return it as an arrival."""

    def write(data: bytes, name: str = "object.dcm") -> Arrival:
        path = tmp_path / name
        path.write_bytes(data)
        return Arrival(str(path))

    return write


@pytest.fixture(scope="session")
def ct_report() -> bytes:
    """Return the bytes of a small CT dose report."""
    return to_bytes(report(Manufacturer="ACME", StudyDate="20260102", PatientBirthDate="19500101"))
