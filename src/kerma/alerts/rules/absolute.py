"""A total of the study at or over a fixed level."""

from kerma.alerts.base import ALL, Field, Found, Kind, Settings, add, high
from kerma.alerts.quantities import quantity, said
from kerma.store.models import Study


def _judge(study: Study, settings: Settings) -> Found | None:
    value = getattr(study, settings["quantity"], None)
    if value is None:
        return None
    return high(settings["quantity"], value, settings["level"], method="Fixed level.")


def _words(modality: str, settings: Settings) -> str:
    name = settings["quantity"]
    return f"{quantity(modality, name).heading} from {said(modality, name, settings['level'])} on"


add(
    Kind(
        "absolute",
        "Absolute level",
        10,
        "A total of the study at or over a fixed level. These levels also mark values in lists and "
        "on the pages of studies.",
        ALL,
        (
            Field("quantity", "Value", "quantity"),
            Field("level", "Level", "level", "From this value on, in the unit of the value."),
        ),
        _judge,
        _words,
    )
)
