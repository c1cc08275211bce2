"""Rows and reports of projection X-ray, built in memory as a device would write them."""

from typing import Any

from pydicom.dataset import Dataset

from kerma.dicom.files import read_bytes
from kerma.dicom.write import (
    code,
    container,
    datetime_,
    document,
    has_concept_mod,
    has_obs_context,
    num,
    to_bytes,
    uidref,
)
from kerma.extract import record_of
from kerma.records import ProjectionEvent, StudyRecord

ONE = ("1", "UCUM", "no units")
PROJECTION = ("113704", "DCM", "Projection X-Ray")
MAMMOGRAPHY = ("P5-40010", "SRT", "Mammography")
FLUOROSCOPY = ("P5-06000", "SRT", "Fluoroscopy")
STATIONARY = ("113611", "DCM", "Stationary Acquisition")
ROTATIONAL = ("113613", "DCM", "Rotational Acquisition")
SINGLE_PLANE = ("113622", "DCM", "Single Plane")
PLANE_A = ("113620", "DCM", "Plane A")
PLANE_B = ("113621", "DCM", "Plane B")
LEFT = ("G-A101", "SRT", "Left")
RIGHT = ("G-A100", "SRT", "Right")
BREAST = ("T-04000", "SRT", "Breast")

DAP = ("122130", "DCM", "Dose Area Product")
RP_DOSE = ("113738", "DCM", "Dose (RP)")
DAP_TOTAL = ("113722", "DCM", "Dose Area Product Total")
RP_TOTAL = ("113725", "DCM", "Dose (RP) Total")
FLUORO_TIME = ("113730", "DCM", "Total Fluoro Time")
KVP = ("113733", "DCM", "KVP")
AGD = ("111631", "DCM", "Average Glandular Dose")
ACCUMULATED_AGD = ("111637", "DCM", "Accumulated Average Glandular Dose")
LATERALITY = ("G-C171", "SRT", "Laterality")
ANATOMY = ("T-D0005", "SRT", "Anatomical structure")
TARGET_REGION = ("123014", "DCM", "Target Region")
IMAGE_VIEW = ("111031", "DCM", "Image View")
COMMENT = ("121106", "DCM", "Comment")


def accumulated(
    *rows: Dataset | None, plane: tuple[str, str, str] | None = SINGLE_PLANE
) -> Dataset:
    """Return an Accumulated X-Ray Dose Data container (TID 10002)."""
    of_plane = plane and has_concept_mod(code(("113764", "DCM", "Acquisition Plane"), plane))
    return container(("113702", "DCM", "Accumulated X-Ray Dose Data"), of_plane, *rows)


def event(
    *rows: Dataset | None,
    uid: str = "1.2.3",
    kind: tuple[str, str, str] = STATIONARY,
    plane: tuple[str, str, str] = SINGLE_PLANE,
) -> Dataset:
    """Return an Irradiation Event X-Ray Data container (TID 10003)."""
    return container(
        ("113706", "DCM", "Irradiation Event X-Ray Data"),
        has_concept_mod(code(("113764", "DCM", "Acquisition Plane"), plane)),
        uidref(("113769", "DCM", "Irradiation Event UID"), uid),
        datetime_(("111526", "DCM", "DateTime Started"), "20240102030405.25"),
        code(("113721", "DCM", "Irradiation Event Type"), kind),
        *rows,
    )


def x_ray_filter(material: str = "C-127F9", least: float = 0.1, most: float = 0.3) -> Dataset:
    """Return an X-Ray Filters container of copper, or of another material's SRT code."""
    return container(
        ("113771", "DCM", "X-Ray Filters"),
        code(("113772", "DCM", "X-Ray Filter Type"), ("113650", "DCM", "Strip filter")),
        code(
            ("113757", "DCM", "X-Ray Filter Material"),
            (material, "SRT", "Copper or Copper compound"),
        ),
        num(("113758", "DCM", "X-Ray Filter Thickness Minimum"), least, "mm"),
        num(("113773", "DCM", "X-Ray Filter Thickness Maximum"), most, "mm"),
    )


def report(
    *rows: Dataset | None, procedure: tuple[str, str, str] | None = PROJECTION, **header: Any
) -> Dataset:
    """Return a report of TID 10001 with these rows below its root."""
    observer = has_obs_context(
        uidref(("121012", "DCM", "Device Observer UID"), "1.2.840.99.1"),
    )
    root = container(
        ("113701", "DCM", "X-Ray Radiation Dose Report"),
        procedure
        and has_concept_mod(
            code(
                ("121058", "DCM", "Procedure reported"),
                procedure,
                has_concept_mod(
                    code(("G-C0E8", "SRT", "Has Intent"), ("R-408C3", "SRT", "Diagnostic Intent"))
                ),
            )
        ),
        observer,
        *rows,
        template="10001",
    )
    return document(root, **header)


def read(ds: Dataset) -> StudyRecord:
    """Return the record of a report just built."""
    return record_of(read_bytes(to_bytes(ds)))


def first_event(*rows: Dataset | None, **header: Any) -> ProjectionEvent:
    """Return the first event of a report of one event with these rows."""
    found = read(report(event(*rows), **header)).events[0]
    assert isinstance(found, ProjectionEvent)
    return found


def without(item: Dataset, concept: str) -> Dataset:
    """Return a container without its rows of a concept."""
    item.ContentSequence = [
        row for row in item.ContentSequence if row.ConceptNameCodeSequence[0].CodeValue != concept
    ]
    return item
