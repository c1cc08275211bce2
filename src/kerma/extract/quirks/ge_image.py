"""What GE mammography systems write in image headers in a way of their own."""

from kerma.dicom import tags
from kerma.extract.base import DoseObject, Quirk, quirks


def _only_relative_exposure(found: DoseObject) -> bool:
    header = found.header
    return (
        found.modality == "MG"
        and found.manufacturer.upper().startswith("GE")
        and "SENO" in found.model.upper()
        and not header.number(tags.EntranceDoseInmGy)
        and not header.number(tags.EntranceDose)
        and bool(header.number(tags.RelativeXRayExposure))
    )


def _micrograys_to_entrance_dose(found: DoseObject) -> None:
    exposure = found.header.number(tags.RelativeXRayExposure)
    if exposure:
        found.header.put(tags.EntranceDoseInmGy, exposure / 1000)


quirks.add(
    Quirk(
        name="ge-senographe-entrance-dose-in-relative-exposure",
        evidence=(
            "Senographe DS images, ADS_43.10.1, repeat the entrance dose (0040,8302), e.g. 5.071 "
            "mGy, in µGy as Relative X-Ray Exposure (0018,1405), 5071; where the former is left "
            "out or zero, the latter says the same"
        ),
        applies=_only_relative_exposure,
        repair=_micrograys_to_entrance_dose,
    )
)
