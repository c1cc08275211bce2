"""The sum over a patient's studies of some weeks, at or over a level."""

from kerma.alerts import period
from kerma.alerts.base import ALL, Field, Found, Kind, Settings, add, high
from kerma.alerts.quantities import quantity, said
from kerma.query.levels import levels
from kerma.store import options
from kerma.store.models import Study


def _judge(study: Study, settings: Settings) -> Found | None:
    place, name = period.place_of(study), settings["quantity"]
    level = _level(study.modality, settings)
    if place is None or level is None or not options.get("period_adds_up"):
        return None
    weeks = period.weeks_of(settings)
    found = period.sums(period.rows_of(place, weeks, 0, (name,)), place.day, weeks, (name,))
    total = found.values[name]
    if total is None or getattr(study, name, None) is None:
        return None
    judged = high(
        name,
        total,
        level,
        method=f"Sum over {found.exams} studies of the patient in the {weeks} weeks up to this "
        "one, itself included.",
        studies=found.study_ids,
        weeks=weeks,
    )
    return judged if found.exams > 1 else judged._replace(is_over=False)


def _level(modality: str, settings: Settings) -> float | None:
    if settings.get("level"):
        return float(settings["level"])
    own = levels(modality).get(settings["quantity"])
    return own.value if own else None


def _words(modality: str, settings: Settings) -> str:
    name = settings["quantity"]
    heading, level = quantity(modality, name).heading, settings.get("level")
    limit = f"from {said(modality, name, level)} on" if level else "from the level of one study on"
    return f"{heading} of a patient summed over {period.weeks_of(settings)} weeks, {limit}"


add(
    Kind(
        "cumulative",
        "Sum over a patient",
        20,
        "The studies of one patient within some weeks, together at or over a level, where none has "
        "to be over it alone. It needs the patient ID to be stored, or a hash of it.",
        ALL,
        (
            Field("quantity", "Value", "quantity"),
            Field(
                "level",
                "Level",
                "level",
                "Empty: the absolute level that a single study of this modality has.",
                required=False,
            ),
            Field(
                "weeks",
                "Weeks",
                "whole",
                "Looking back from each study's date. Empty: those of the site.",
                "weeks",
                least=1,
                most=520,
                required=False,
            ),
        ),
        _judge,
        _words,
        sums_up=True,
    )
)
