"""Activities in the wrong unit, known by values that nobody can be given."""

from kerma.dicom import tags
from kerma.dicom.dataset import DataSet
from kerma.extract.base import DoseObject, Quirk, quirks

_NM = "1.2.840.10008.5.1.4.1.1.20"
_PET = frozenset(
    (
        "1.2.840.10008.5.1.4.1.1.128",
        "1.2.840.10008.5.1.4.1.1.128.1",
        "1.2.840.10008.5.1.4.1.1.130",
    )
)
_LEAST_BQ_NOT_MBQ = 1e6
"""As MBq this would be 1 TBq, far more than any therapy; as Bq it is 1 MBq."""
_PET_MBQ = (50.0, 5000.0)
"""As Bq these could not be imaged; as MBq they are what is given. Lower ones might be mCi."""


def _doses(found: DoseObject) -> list[tuple[DataSet, float]]:
    items = found.header.items(tags.RadiopharmaceuticalInformationSequence)
    said = [(item, item.number(tags.RadionuclideTotalDose)) for item in items]
    return [(item, dose) for item, dose in said if dose is not None]


def _nm_in_bq(found: DoseObject) -> bool:
    return found.sop_class == _NM and any(dose >= _LEAST_BQ_NOT_MBQ for _, dose in _doses(found))


def _nm_to_mbq(found: DoseObject) -> None:
    for item, dose in _doses(found):
        if dose >= _LEAST_BQ_NOT_MBQ:
            item.put(tags.RadionuclideTotalDose, dose / 1e6)


def _pet_in_mbq(found: DoseObject) -> bool:
    low, high = _PET_MBQ
    return found.sop_class in _PET and any(low <= dose <= high for _, dose in _doses(found))


def _pet_to_bq(found: DoseObject) -> None:
    low, high = _PET_MBQ
    for item, dose in _doses(found):
        if low <= dose <= high:
            item.put(tags.RadionuclideTotalDose, dose * 1e6)


quirks.add(
    Quirk(
        name="nm-activity-in-bq",
        evidence=(
            "Radionuclide Total Dose (0018,1074) of NM images is in MBq (PS3.3 C.8.4.10), of PET "
            "images in Bq (C.8.9.2), and the two are mixed up: the DICOM Standard Browser's own "
            "example for NM is 203000000. A million MBq is not given to anybody"
        ),
        applies=_nm_in_bq,
        repair=_nm_to_mbq,
    )
)
quirks.add(
    Quirk(
        name="pet-activity-in-mbq",
        evidence=(
            "Radionuclide Total Dose (0018,1074) of PET images is in Bq (PS3.3 C.8.9.2). 50 to "
            "5,000 Bq cannot be imaged, while 50 to 5,000 MBq are the activities given"
        ),
        applies=_pet_in_mbq,
        repair=_pet_to_bq,
    )
)
