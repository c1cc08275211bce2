"""Small DICOM objects with every habit of encoding, built in memory."""

from pydicom import Dataset
from pydicom.sequence import Sequence

from kerma.dicom.write import code, container, document, num, text, to_bytes, uidref

TITLE = ("113701", "DCM", "X-Ray Radiation Dose Report")
EVENT = ("113819", "DCM", "CT Acquisition")
DOSE = ("113829", "DCM", "CT Dose")
DLP = ("113838", "DCM", "DLP")
PROTOCOL = ("125203", "DCM", "Acquisition Protocol")
EVENT_UID = ("113769", "DCM", "Irradiation Event UID")
REGION = ("123014", "DCM", "Target Region")
CHEST = ("T-D3000", "SRT", "Chest")


def report(**header: object) -> Dataset:
    """Return a small CT dose report: one event, protocol "Thorax", DLP 312.5 mGy.cm."""
    attributes: dict[str, object] = {
        "StudyInstanceUID": "1.2.3",
        "SOPInstanceUID": "1.2.3.4",
        "PatientName": "Doe^Jane",
        "Modality": "SR",
    }
    content = container(
        TITLE,
        container(
            EVENT,
            text(PROTOCOL, "Thorax"),
            code(REGION, CHEST),
            uidref(EVENT_UID, "1.2.3.5"),
            container(DOSE, num(DLP, 312.5, "mGy.cm")),
        ),
        template="10011",
    )
    return document(content, **(attributes | header))


def image(**attributes: object) -> Dataset:
    """Return a small object with the attributes given by keyword; dicts become sequence items."""
    found = Dataset()
    found.SOPClassUID = "1.2.840.10008.5.1.4.1.1.1.1"
    found.SOPInstanceUID = "1.2.3.9"
    found.StudyInstanceUID = "1.2.3"
    for keyword, value in attributes.items():
        if isinstance(value, dict):
            value = Sequence([image(**value)])
        setattr(found, keyword, value)
    return found


__all__ = ["image", "report", "to_bytes"]
