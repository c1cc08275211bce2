"""A part of a chart in, the condition on the studies behind it out.

Other filters say what a text contains; this one says exactly which texts, which bin of a value
and which hour a bar or a point of a chart counts, and that one single event has it all. Its text
is a query string of its own, e.g. `level=acquisition&item=Head&value=dlp_mgycm&low=10.0`.
"""

import re
from collections.abc import Callable
from math import inf, isfinite
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.db.models import (
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Model,
    OuterRef,
    Q,
    Value,
)
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from kerma.records import CtEvent as CtRecord
from kerma.store.event_types import ct_type
from kerma.store.models import Administration, CtEvent, ProjectionEvent, Study

CGYCM2 = 1e6
"""cGy·cm² per Gy·m²."""


class Measured(NamedTuple):
    """A value of charts: what it is called, its unit there, and the factor from what is stored."""

    heading: str
    unit: str = ""
    factor: float = 1.0


VALUES = {
    "dlp_mgycm": Measured("DLP", "mGy·cm"),
    "ctdivol_mgy": Measured("CTDIvol", "mGy"),
    "ctdivol_max_mgy": Measured("CTDIvol", "mGy"),
    "dap_gym2": Measured("DAP", "cGy·cm²", CGYCM2),
    "rp_dose_gy": Measured("Dose at RP", "Gy"),
    "irradiation_duration_s": Measured("Duration", "s"),
    "fluoro_time_s": Measured("Fluoroscopy time", "s"),
    "exposure_mas": Measured("Exposure", "mAs"),
    "kvp": Measured("Tube voltage", "kV"),
    "agd_mgy": Measured("AGD", "mGy"),
    "agd_max_mgy": Measured("AGD", "mGy"),
    "compressed_thickness_mm": Measured("Breast thickness", "mm"),
    "administered_activity_mbq": Measured("Activity", "MBq"),
    "number_of_events": Measured("Events"),
}
"""Columns of studies and events that charts show."""

ITEMS = {
    "acquisition": ("acquisition_protocol", "Protocol"),
    "standard-acquisition": ("standard_name", "Standard acquisition name"),
    "study": ("study_description", "Study description"),
    "request": ("requested_procedure", "Requested procedure"),
    "standard-study": ("standard_name", "Standard name"),
}
"""Level -> the column of its items and what one is called."""

EVENT_LEVELS = frozenset({"acquisition", "standard-acquisition"})

TYPES = ("spiral", "sequenced", "stationary", "localiser", "free")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
FOLDS = ("", "case", "space", "case space")

_EVENTS: dict[str, type[Model]] = {
    "CT": CtEvent, "RF": ProjectionEvent, "DX": ProjectionEvent, "MG": ProjectionEvent,
    "NM": Administration,
}  # fmt: skip


class Behind(NamedTuple):
    """What all cases of one part of a chart have in common."""

    level: str
    item: str | None = None
    """The text, None for all."""
    fold: str = ""
    value: str = ""
    """The column whose value every case has; not negative."""
    low: float | None = None
    high: float | None = None
    closed: bool = False
    """Whether `high` itself belongs to it."""
    thickness_low: float | None = None
    thickness_high: float | None = None
    type: str = ""
    """Types of a CT acquisition, with commas between several."""
    weekday: int | None = None
    """1 for Monday."""
    hour: int | None = None
    physician: str | None = None

    @property
    def words(self) -> str:
        """Return what the chip of the filter says."""
        parts = []
        if self.item is not None:
            parts.append(f"{ITEMS[self.level][1]} is {f'“{self.item}”' if self.item else 'empty'}")
        if self.type:
            parts.append(" or ".join(self.type.split(",")))
        if self.physician is not None:
            parts.append(f"physician is {f'“{self.physician}”' if self.physician else 'empty'}")
        if self.value:
            parts.append(_range_words(VALUES[self.value], self.low, self.high, closed=self.closed))
        if self.thickness_low is not None or self.thickness_high is not None:
            thickness = VALUES["compressed_thickness_mm"]
            parts.append(_range_words(thickness, self.thickness_low, self.thickness_high))
        if self.weekday is not None:
            parts.append(DAYS[self.weekday - 1])
        if self.hour is not None:
            parts.append(f"{self.hour}:00 to {self.hour}:59")
        return ", ".join(parts) or "all cases"


def _range_words(
    value: Measured, low: float | None, high: float | None, *, closed: bool = True
) -> str:
    """Return "DLP", or "DLP 10 to below 20 mGy·cm"."""
    if low is None and high is None:
        return f"with {value.heading}"
    start = "" if low is None else f"{low:.6g}"
    end = "" if high is None else f"{'' if closed else 'below '}{high:.6g}"
    return f"{value.heading} {' to '.join(filter(None, (start, end)))} {value.unit}".strip()


def read(modality: str, text: str) -> Behind | None:
    """Return what `text` says of studies of a modality, None where it cannot be read."""
    pairs = parse_qsl(text, keep_blank_values=True)
    given = dict(pairs)
    if "level" not in given or len(given) < len(pairs) or not given.keys() <= _READERS.keys():
        return None
    try:
        found = Behind(**{name: _READERS[name](value) for name, value in given.items()})
    except ValueError:
        return None
    model = _EVENTS[modality] if found.level in EVENT_LEVELS else Study
    thick = found.thickness_low is not None or found.thickness_high is not None
    needed = {ITEMS[found.level][0], found.value or "id"}
    needed |= {"compressed_thickness_mm"} if thick else set()
    return found if needed <= {field.name for field in model._meta.get_fields()} else None


def condition(modality: str, behind: Behind) -> Q:
    """Return the condition on studies of a modality."""
    of_events = behind.level in EVENT_LEVELS
    model = _EVENTS[modality] if of_events else Study
    on_case = _item(modality, model, behind) & _type(model, behind) & _values(behind)
    on_study = _moment(behind)
    if behind.physician is not None:
        on_study &= Q(physician=behind.physician)
    if not of_events:
        return on_study & on_case
    return on_study & Q(Exists(model._default_manager.filter(on_case, study=OuterRef("pk"))))


def folded(text: str, fold: str) -> str:
    """Return the text by which others are the same."""
    if "space" in fold:
        text = re.sub(r"\s+", " ", text).strip()
    return text.lower() if "case" in fold else text


def _item(modality: str, model: type[Model], behind: Behind) -> Q:
    """Return the condition that the text is the item, or one that is folded to it."""
    if behind.item is None:
        return Q()
    path = ITEMS[behind.level][0]
    if not behind.fold:
        return Q(**{path: behind.item})
    wanted = folded(behind.item, behind.fold)
    found = model._default_manager.order_by()
    if model is not CtEvent and model is not Administration:
        found = found.filter(modality=modality)
    texts = found.values_list(path, flat=True).distinct()
    return Q(**{f"{path}__in": [one for one in texts if folded(one, behind.fold) == wanted]})


def _type(model: type[Model], behind: Behind) -> Q:
    """Return the condition on the type of a CT acquisition, by code or else by word."""
    if not behind.type or model is not CtEvent:
        return Q()
    wanted = behind.type.split(",")
    fields = ("acquisition_type_code", "acquisition_type")
    found = Q(pk__in=())
    for code, words in CtEvent.objects.order_by().values_list(*fields).distinct():
        if ct_type(CtRecord(acquisition_type_code=code, acquisition_type=words)) in wanted:
            found |= Q(acquisition_type_code=code, acquisition_type=words)
    return found


def _values(behind: Behind) -> Q:
    found = Q()
    if behind.value:
        found &= _within(behind.value, 0.0, inf, closed=False)
        found &= _within(behind.value, behind.low, behind.high, closed=behind.closed)
    thickness = (behind.thickness_low, behind.thickness_high)
    return found & _within("compressed_thickness_mm", *thickness, closed=False)


def _within(path: str, low: float | None, high: float | None, *, closed: bool) -> Q:
    """Return the condition on a value in the unit of charts; the end is open unless `closed`."""
    value = ExpressionWrapper(F(path) * _number(VALUES[path].factor), output_field=FloatField())
    found = Q()
    if low is not None:
        found &= Q(GreaterThanOrEqual(value, _number(low)))
    if high is not None:
        end = LessThanOrEqual if closed else LessThan
        found &= Q(end(value, _number(high)))
    return found


def _number(value: float) -> Value:
    return Value(value, output_field=FloatField())


def _moment(behind: Behind) -> Q:
    found = Q()
    if behind.weekday is not None:
        found &= Q(study_date__iso_week_day=behind.weekday)
    if behind.hour is not None:
        found &= Q(study_time__hour=behind.hour)
    return found


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def read_word(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return read_word


def _types(text: str) -> str:
    for one in text.split(","):
        _one_of(TYPES)(one)
    return text


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read_whole(text: str) -> int:
        if not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    return read_whole


def _bound(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value


_READERS: dict[str, Callable[[str], Any]] = {
    "level": _one_of(tuple(ITEMS)),
    "item": str,
    "fold": _one_of(FOLDS),
    "value": _one_of(tuple(VALUES)),
    "low": _bound,
    "high": _bound,
    "closed": lambda text: _one_of(("yes", "no"))(text) == "yes",
    "thickness_low": _bound,
    "thickness_high": _bound,
    "type": _types,
    "weekday": _whole(1, 7),
    "hour": _whole(0, 23),
    "physician": str,
}
"""Key -> how its text is read; a ValueError refuses it."""
