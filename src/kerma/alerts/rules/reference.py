"""A total over some multiple of the reference level of its standard name."""

from kerma.alerts.base import ALL, Field, Found, Kind, Settings, add, high
from kerma.alerts.quantities import plain, quantity, said
from kerma.query.reference_levels.lookup import level_for
from kerma.store.models import Study

_OF_LEVELS = {
    "dlp_mgycm": "dlp_mgycm",
    "dap_gym2": "dap_gym2",
    "rp_dose_gy": "rp_dose_gy",
    "fluoro_time_s": "fluoro_time_s",
    "agd_max_mgy": "agd_mgy",
    "administered_activity_mbq": "administered_activity_mbq",
}
"""Totals of a study, and what reference levels call them."""


def _judge(study: Study, settings: Settings) -> Found | None:
    name, times = settings["quantity"], settings["times"]
    value = getattr(study, name, None)
    reference = level_for(study, _OF_LEVELS[name]) if value is not None else None
    if value is None or reference is None:
        return None
    level = said(study.modality, name, reference.value)
    band = f", band {reference.band}" if reference.band else ""
    method = (
        f"{plain(times)} times the reference level of {level}: {reference.label}, "
        f"{reference.procedure}{band}. A reference level is meant for the median of many patients, "
        "not for one."
    )
    return high(name, value, times * reference.value, method=method, source=reference.source)


def _words(modality: str, settings: Settings) -> str:
    heading, times = quantity(modality, settings["quantity"]).heading, plain(settings["times"])
    return f"{heading} from {times} times the reference level of its standard name on"


add(
    Kind(
        "reference",
        "Multiple of a reference level",
        30,
        "A total over some multiple of the reference level that stands for the standard name of "
        "the study. Studies without a standard name or a level are not judged.",
        ALL,
        (
            Field("quantity", "Value", "quantity", only=tuple(_OF_LEVELS)),
            Field("times", "Multiple", "number", default=2, least=0, most=100),
        ),
        _judge,
        _words,
    )
)
