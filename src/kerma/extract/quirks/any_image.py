"""What devices of several makers get wrong in image headers, known by values that cannot be."""

from kerma.dicom import tags
from kerma.extract.base import DoseObject, Quirk, quirks

_HIGHEST_AGD_DGY = 0.5
"""50 mGy, more than ten times what a mammogram gives."""


def _organ_dose_in_mgy(found: DoseObject) -> bool:
    """Whether the organ dose, read in dGy, exceeds what the breast received at its surface."""
    if found.is_report or found.modality != "MG":
        return False
    dose_dgy = found.header.number(tags.OrganDose)
    if not dose_dgy:
        return False
    entrance_mgy = found.header.number(tags.EntranceDoseInmGy)
    if entrance_mgy:
        return dose_dgy <= entrance_mgy < dose_dgy * 100
    return dose_dgy > _HIGHEST_AGD_DGY


def _organ_dose_to_dgy(found: DoseObject) -> None:
    dose_mgy = found.header.number(tags.OrganDose)
    if dose_mgy is not None:
        found.header.put(tags.OrganDose, dose_mgy / 100)


quirks.add(
    Quirk(
        name="organ-dose-in-mgy",
        evidence=(
            "Organ Dose (0040,0316) is in dGy (PS3.3 C.8.7.8). Read so, the glandular dose would "
            "exceed the entrance dose that the same image gives, or 50 mGy; read in mGy it does "
            "not. The mean glandular dose is always less than the entrance dose"
        ),
        applies=_organ_dose_in_mgy,
        repair=_organ_dose_to_dgy,
    )
)
