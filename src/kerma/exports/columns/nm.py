"""Values of nuclear medicine exports; organ doses and image series take as many as there are."""

from collections.abc import Callable
from typing import Any

import msgspec

from kerma.exports.columns import common
from kerma.exports.columns.base import Columns, Value
from kerma.records.nuclear import ImageSeries, OrganDose, PatientCharacteristics


class _More(msgspec.Struct, frozen=True):
    """What of an administration has no column of its own in the store."""

    associated_procedure: str = ""
    person_role: str = ""


def _agent(coded: str, text: str) -> str:
    return coded or text


def _of(field: str) -> Callable[[Any], Any]:
    """Return what reads a field, of nothing nothing."""

    def get(found: Any) -> Any:
        return None if found is None else getattr(found, field)

    return get


def _nth(index: int, get: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return what reads one of several, where there are as many."""

    def of(found: Any) -> Any:
        return get(found[index]) if found and len(found) > index else None

    return of


def _state(found: PatientCharacteristics | None) -> str | None:
    return None if found is None else " | ".join(found.patient_state)


def _patient(heading: str, field: str, kind: str = "number") -> Value:
    return Value(heading, field, "study__patient_characteristics", kind, get=_of(field))


_EVENT = (
    common.EVENT_NUMBER,
    Value("Radiopharmaceutical Agent", "radiopharmaceutical",
          ("radiopharmaceutical_agent", "radiopharmaceutical"), get=_agent),
    Value("Radionuclide", "radionuclide", "radionuclide"),
    Value("Radionuclide Half Life (s)", "radionuclide_half_life_s", "radionuclide_half_life_s",
          "number"),
    Value("Administered activity (MBq)", "administered_activity_mbq", "administered_activity_mbq",
          "number"),
    Value("Pre-administration activity (MBq)", "pre_administration_measured_activity_mbq",
          "pre_administration_measured_activity_mbq", "number"),
    Value("Post-administration activity (MBq)", "post_administration_measured_activity_mbq",
          "post_administration_measured_activity_mbq", "number"),
    Value("Associated Procedure", "associated_procedure", "more",
          get=_of("associated_procedure")),
    Value("Radiopharmaceutical Start Time", "start", "start", "moment"),
    Value("Radiopharmaceutical Stop Time", "stop", "stop", "moment"),
    Value("Route of Administration", "route", "route"),
    Value("Site of Administration", "site", "site"),
    Value("Route of Administration Laterality", "laterality", "laterality"),
    Value("Effective dose (mSv)", "effective_dose_msv", "effective_dose_msv", "number"),
    Value("Person participant name", "person", "person"),
    Value("Person participant role", "person_role", "more", get=_of("person_role")),
    Value("Comment", "event_comment", "comment"),
    Value("Patient state", "patient_state", "study__patient_characteristics", get=_state),
    _patient("Body Surface Area (m^2)", "body_surface_area_m2"),
    _patient("Body Surface Area Formula", "body_surface_area_formula", "text"),
    _patient("Body Mass Index (kg/m^2)", "body_mass_index_kg_per_m2"),
    _patient("Body Mass Index Equation", "body_mass_index_equation", "text"),
    _patient("Glucose (mmol/l)", "glucose_mmol_per_l"),
    _patient("Fasting Duration (hours)", "fasting_duration_h"),
    _patient("Hydration Volume (ml)", "hydration_volume_ml"),
    _patient("Recent Physical Activity", "recent_physical_activity", "text"),
    _patient("Serum Creatinine (mg/dl)", "serum_creatinine_mg_per_dl"),
    _patient("Glomerular Filtration Rate (ml/min/1.73m^2)",
             "glomerular_filtration_rate_ml_per_min_1_73m2"),
    _patient("Measurement Method", "glomerular_filtration_rate_method", "text"),
    Value("Computed effective dose (mSv)", "computed_effective_dose_msv",
          "computed_effective_dose_msv", "number", extra=True),
    Value("Organ doses", "organ_doses_json", "organ_doses", extra=True,
          get=lambda found: msgspec.json.encode(found).decode() if found else None),
    Value("Series", "series_json", "study__series", extra=True,
          get=lambda found: msgspec.json.encode(found).decode() if found else None),
    Value("Administration event UID", "administration_event_uid", "administration_event_uid",
          extra=True),
)  # fmt: skip

_ORGAN = (
    ("Organ Dose Finding Site {}", "organ", "text"),
    ("Organ Laterality {}", "laterality", "text"),
    ("Organ Dose {} (mGy)", "dose_mgy", "number"),
    ("Organ Mass {} (g)", "mass_g", "number"),
    ("Organ Dose Measurement Method {}", "measurement_method", "text"),
    ("Organ Dose Reference Authority {}", "reference_authority", "text"),
)


def _corrections(one: ImageSeries) -> str:
    return " | ".join(one.corrected_image)


def _windows(one: ImageSeries) -> str:
    ends = (f"{w.lower_kev}-{w.upper_kev}" for w in one.energy_windows)
    return " | ".join(ends)


_SERIES: tuple[tuple[str, str, str, Callable[[Any], Any]], ...] = (
    ("Series {} Description", "description", "text", _of("series_description")),
    ("Series {} Time", "date_time", "moment", _of("series_date_time")),
    ("Series {} Number of slices", "slices", "whole", _of("number_of_slices")),
    ("Series {} Number of frames", "frames", "whole", _of("frames")),
    ("Series {} Frame duration (ms)", "frame_duration_ms", "number",
     _of("actual_frame_duration_ms")),
    ("Series {} Reconstruction method", "reconstruction_method", "text",
     _of("reconstruction_method")),
    ("Series {} Corrections", "corrections", "text", _corrections),
    ("Series {} Collimator", "collimator", "text", _of("collimator")),
    ("Series {} Energy windows (keV)", "energy_windows", "text", _windows),
)  # fmt: skip


def nm(organs: int = 0, series: int = 0) -> Columns:
    """Return the values with columns for so many organ doses and image series."""
    repeated = [
        Value(heading.format(n), f"organ_{n}_{field}", "organ_doses", kind,
              get=_nth(n - 1, _of(field)))
        for n in range(1, organs + 1)
        for heading, field, kind in _ORGAN
    ] + [
        Value(heading.format(n), f"series_{n}_{field}", "study__series", kind,
              get=_nth(n - 1, get))
        for n in range(1, series + 1)
        for heading, field, kind, get in _SERIES
    ]  # fmt: skip
    return Columns(common.leading(), (*_EVENT, *repeated), _DECODERS)


_DECODERS = {
    "more": msgspec.json.Decoder(_More),
    "organ_doses": msgspec.json.Decoder(tuple[OrganDose, ...] | None),
    "study__series": msgspec.json.Decoder(tuple[ImageSeries, ...] | None),
    "study__patient_characteristics": msgspec.json.Decoder(PatientCharacteristics | None),
}
