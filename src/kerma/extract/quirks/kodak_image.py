"""What Kodak and Carestream radiography systems get wrong in image headers."""

from kerma.dicom import tags
from kerma.extract.base import DoseObject, Quirk, quirks

_NEAREST_MM = 50.0
"""No radiograph is taken at a shorter distance from source to detector."""


def _distance_in_decimetres(found: DoseObject) -> bool:
    if found.manufacturer.upper() != "KODAK" or not found.model.startswith("DR 7500"):
        return False
    distance = found.header.number(tags.DistanceSourceToDetector)
    return distance is not None and 0 < distance < _NEAREST_MM


def _to_millimetres(found: DoseObject) -> None:
    distance = found.header.number(tags.DistanceSourceToDetector)
    if distance is not None:
        found.header.put(tags.DistanceSourceToDetector, distance * 100)


quirks.add(
    Quirk(
        name="kodak-dr7500-distance-in-decimetres",
        evidence=(
            "DR 7500 images, software 4.0.3.B8.P6, give Distance Source to Detector (0018,1110) "
            "as 11.5 for a table set to 115 cm; PS3.3 C.8.7.5 wants mm"
        ),
        applies=_distance_in_decimetres,
        repair=_to_millimetres,
    )
)
