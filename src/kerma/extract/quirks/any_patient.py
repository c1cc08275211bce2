"""What is typed in wrongly about patients, known by values that cannot be."""

from kerma.dicom import tags
from kerma.dicom.dataset import as_number
from kerma.extract.base import DoseObject, Quirk, quirks

_SMALLEST_CM, _TALLEST_CM = 30.0, 272.0
"""A newborn before term, and the tallest person ever measured."""


def _size(found: DoseObject) -> float | None:
    return as_number(found.header.first(tags.PatientSize))


def _size_in_cm(found: DoseObject) -> bool:
    """Whether the size, read in m, is of nobody, and read in cm of somebody."""
    size = _size(found)
    return size is not None and _SMALLEST_CM <= size <= _TALLEST_CM


def _to_m(found: DoseObject) -> None:
    size_cm = _size(found)
    if size_cm is not None:
        found.header.put(tags.PatientSize, size_cm / 100)


quirks.add(
    Quirk(
        name="patient-size-in-cm",
        evidence=(
            "Patient's Size (0010,1020) is in m (PS3.3 C.7.2.2), and nobody is 30 m tall. Where "
            "the device lets it be typed in, heights in cm are met; openrem issue 744 tells of "
            "wrong sizes from the device"
        ),
        applies=_size_in_cm,
        repair=_to_m,
    )
)
