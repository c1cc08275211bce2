"""An event of a dose screen and the images it was made into in, the event with what they add out.

At the level of a series that is what hospitals ask of such reports: protocol, time of a rotation,
tube voltage, pitch, both collimations and the kind of modulation.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from kerma.extract.screens.regions import region_of
from kerma.extract.screens.series import Series
from kerma.records import CtEvent

T = TypeVar("T")

_MODES = {
    "spiral": ("Spiral Acquisition", "116152004"),
    "sequenced": ("Sequenced Acquisition", "113804"),
    "stationary": ("Stationary Acquisition", "113806"),
}
"""How the table moved -> acquisition type (CID 10013)."""


def supplement(event: CtEvent, series: Sequence[Series]) -> CtEvent:
    """Return the event with its empty fields filled from what all of the series agree on."""
    if not series:
        return event
    mode = _MODES.get(_agreed(one.mode for one in series) or "", (None, None))
    region = region_of(_agreed(one.body_part for one in series) or "")
    added = {
        "acquisition_type": mode[0],
        "acquisition_type_code": mode[1],
        "acquisition_protocol": _agreed(one.protocol for one in series),
        "rotation_time_s": _agreed(one.rotation_s for one in series),
        "kvp": _agreed(one.kvp for one in series),
        "pitch": _agreed(one.pitch for one in series),
        "nominal_single_collimation_mm": _agreed(one.single_mm for one in series),
        "nominal_total_collimation_mm": _agreed(one.total_mm for one in series),
        "modulation_type": _agreed(one.modulation for one in series),
        "date_time_started": _agreed(one.started for one in series),
        "target_region": region.meaning if region else None,
        "target_region_code": region.value if region else None,
    }
    fresh = {
        name: value
        for name, value in added.items()
        if value not in (None, "") and getattr(event, name) in (None, "")
    }
    return replace(event, **fresh) if fresh else event


def _agreed(values: Iterable[T]) -> T | None:
    """Return the value that each of the series gives; None if one gives none or another."""
    found = set(values)
    return found.pop() if len(found) == 1 else None
