"""Objects put into the spool as the receiver does, for tests of what happens to them there."""

from kerma.dicom.write import to_bytes
from kerma.pipeline import spool
from kerma.store.models import ArrivalRule
from tests.dicom.objects import image, report

CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2"


def receive(data: bytes, caller: str = "CT1") -> str:
    """Let an object arrive over the network; return the name of its file in the spool."""
    return spool.put([data], "receive", "KERMA", caller)


def a_report(number: int = 1, **header: object) -> bytes:
    """Return a CT dose report of a study of its own."""
    given = {
        "StudyInstanceUID": f"1.2.3.{number}",
        "SeriesInstanceUID": f"1.2.3.{number}.0",
        "SOPInstanceUID": f"1.2.3.{number}.1",
        "Manufacturer": "ACME",
        "ManufacturerModelName": "Scan 9",
        "StationName": "CT-9",
        "StudyDate": "20260102",
    }
    return to_bytes(report(**(given | header)))


def a_slice(number: int = 1, study: str = "1.2.7", **header: object) -> bytes:
    """Return a CT image of an old scanner."""
    given = {
        "SOPClassUID": CT_IMAGE,
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.2",
        "SOPInstanceUID": f"{study}.2.{number}",
        "Modality": "CT",
        "Manufacturer": "TOSHIBA",
        "ManufacturerModelName": "Aquilion",
        "PatientName": "Doe^Jane",
        "StudyDate": "20260102",
    }
    return to_bytes(image(**(given | header)))


def a_screen(number: int = 1, study: str = "1.2.7", **header: object) -> bytes:
    """Return what may be a dose screen of an old scanner."""
    given = {
        "SOPClassUID": "1.2.840.10008.5.1.4.1.1.7",
        "SeriesInstanceUID": f"{study}.1",
        "SOPInstanceUID": f"{study}.1.{number}",
        "Rows": 512,
        "Columns": 512,
    }
    return a_slice(number, study, **(given | header))


def rule(kind: str, attribute: str, pattern: str, model: str = "") -> ArrivalRule:
    """Make a rule of arrival."""
    return ArrivalRule.objects.create(kind=kind, attribute=attribute, pattern=pattern, model=model)
