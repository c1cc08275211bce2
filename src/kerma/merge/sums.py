"""The totals that can be added up, and what the events say of each."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from math import fsum

from kerma.merge.modality import is_fluoroscopy
from kerma.records import Administration, CtEvent, Event, ProjectionEvent, Totals

Values = Callable[[Event], float | None]
"""The value an event contributes to a total, None where it does not say."""

Concerns = Callable[[Event], bool]
"""Whether an event contributes to a total at all."""


def _is_ct(event: Event) -> bool:
    return isinstance(event, CtEvent)


def _is_projection(event: Event) -> bool:
    return isinstance(event, ProjectionEvent)


def _is_fluoroscopy(event: Event) -> bool:
    return isinstance(event, ProjectionEvent) and is_fluoroscopy(event)


def _is_acquisition(event: Event) -> bool:
    return isinstance(event, ProjectionEvent) and not is_fluoroscopy(event)


def _is_breast(side: str) -> Concerns:
    def concerns(event: Event) -> bool:
        if not isinstance(event, ProjectionEvent):
            return False
        word = event.laterality.strip().casefold().split(" ")[0]
        return word in {side, side[0]}

    return concerns


def _is_administration(event: Event) -> bool:
    return isinstance(event, Administration)


def _has_effective_dose(event: Event) -> bool:
    return isinstance(event, CtEvent | Administration)


def _value(name: str) -> Values:
    def value(event: Event) -> float | None:
        found: float | None = getattr(event, name, None)
        return found

    return value


ADDED: dict[str, tuple[Concerns, Values]] = {
    "dlp_mgycm": (_is_ct, _value("dlp_mgycm")),
    "dap_gym2": (_is_projection, _value("dap_gym2")),
    "rp_dose_gy": (_is_projection, _value("rp_dose_gy")),
    "fluoro_dap_gym2": (_is_fluoroscopy, _value("dap_gym2")),
    "fluoro_rp_dose_gy": (_is_fluoroscopy, _value("rp_dose_gy")),
    "fluoro_time_s": (_is_fluoroscopy, _value("irradiation_duration_s")),
    "acquisition_dap_gym2": (_is_acquisition, _value("dap_gym2")),
    "acquisition_rp_dose_gy": (_is_acquisition, _value("rp_dose_gy")),
    "acquisition_time_s": (_is_acquisition, _value("irradiation_duration_s")),
    "radiographic_frames": (_is_acquisition, lambda _: None),
    "agd_left_mgy": (_is_breast("left"), _value("agd_mgy")),
    "agd_right_mgy": (_is_breast("right"), _value("agd_mgy")),
    "administered_activity_mbq": (_is_administration, _value("administered_activity_mbq")),
    "effective_dose_msv": (_has_effective_dose, _value("effective_dose_msv")),
}
"""Total -> which events it concerns, and their values. No event says its number of frames."""

SUMS_OF_EVENTS = {
    "dlp_sum_of_events_mgycm": "dlp_mgycm",
    "dap_sum_of_events_gym2": "dap_gym2",
    "rp_dose_sum_of_events_gy": "rp_dose_gy",
    "agd_left_sum_of_events_mgy": "agd_left_mgy",
    "agd_right_sum_of_events_mgy": "agd_right_mgy",
}
"""Total of events -> the declared total beside which it stands."""


def sum_of_events(name: str, events: Iterable[Event]) -> float | None:
    """Return the sum of what the events say towards the total `name`; None if none says it."""
    concerns, value = ADDED[name]
    said = [v for event in events if concerns(event) and (v := value(event)) is not None]
    return exact_sum(said)


def exact_sum(values: Sequence[float]) -> float | None:
    """Return the sum to twelve significant digits, None where there are no values.

    Correctly rounded before that, so that the order of the values cannot matter.
    """
    return float(f"{fsum(values):.12g}") if values else None


def concerns_any(name: str, events: Iterable[Event]) -> bool:
    """Whether any of the events belongs to those the total `name` accumulates."""
    return any(map(ADDED[name][0], events))


def events_by_type(events: Iterable[Event]) -> dict[str, int]:
    """Return the number of events of each type, its meaning in lower case; sorted by name."""
    types = Counter(
        name.casefold()
        for event in events
        if (name := getattr(event, "acquisition_type", "") or getattr(event, "event_type", ""))
    )
    return dict(sorted(types.items()))


def fits_within(totals: Totals, larger: Totals) -> bool:
    """Whether `larger` declares at least as much of all that `totals` declares."""
    for name in ADDED:
        value = getattr(totals, name)
        limit = getattr(larger, name)
        if value is not None and (limit is None or value > limit):
            return False
    return True


def declares(totals: Totals) -> bool:
    """Whether any total is declared."""
    return any(getattr(totals, name) is not None for name in ADDED)
