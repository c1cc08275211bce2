"""The alert levels of the site's rules: a value in, its share of its level out."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from kerma.store.models import AlertRule


class Level(NamedTuple):
    """A level of one total; `value` is in the unit of the name."""

    name: str
    value: float
    source: str
    """The name of its rule."""


By = dict[str, Level]
"""By name of the total."""

NEAR = 0.9
"""From this share of its level on, a value is called near it."""

PERIOD = {"period_dap_gym2": "dap_gym2", "period_rp_dose_gy": "rp_dose_gy"}
"""Sums over a patient's studies of some weeks, and the total of a study they are made of."""


_SIDES = {"agd_max_mgy": ("agd_left_mgy", "agd_right_mgy")}
"""A level of the greater side is one of each side."""


class _Known(NamedTuple):
    own: dict[str, By]
    periods: By


_remembered: ContextVar[list[_Known] | None] = ContextVar("levels", default=None)


@contextmanager
def remembered() -> Iterator[None]:
    """Read the levels at most once for as long as the block runs, such as for one page."""
    if _remembered.get() is not None:
        yield
        return
    token = _remembered.set([])
    try:
        yield
    finally:
        _remembered.reset(token)


def levels(modality: str) -> By:
    """Return the levels of a modality's studies, e.g. "RF", by name of the total.

    They are those of the rules on absolute levels; of several for one total, the lowest.
    """
    return _known().own.get(modality, {})


def period_levels() -> By:
    """Return the levels of sums over a patient, by name of the sum.

    They are those of the rules on such sums, else those of a single study.
    """
    return _known().periods


def _known() -> _Known:
    held = _remembered.get()
    if held:
        return held[0]
    known = _read()
    if held is not None:
        held.append(known)
    return known


def _read() -> _Known:
    rules = AlertRule.objects.filter(is_active=True, kind__in=("absolute", "cumulative"))
    rows = list(rules.order_by("pk").values_list("modality", "kind", "name", "settings"))
    own: dict[str, By] = {}
    for modality, kind, name, settings in rows:
        if kind == "absolute":
            quantity = settings.get("quantity")
            for total in (quantity, *_SIDES.get(quantity, ())):
                _put(own.setdefault(modality, {}), total, name, settings)
    sums: By = {}
    for modality, kind, name, settings in rows:
        if (modality, kind) == ("RF", "cumulative"):
            _put(sums, settings.get("quantity"), name, settings)
    return _Known(own, _periods(sums, own.get("RF", {})))


def _put(by: By, quantity: str | None, name: str, settings: Mapping[str, Any]) -> None:
    level = settings.get("level")
    if quantity and level and (quantity not in by or level < by[quantity].value):
        by[quantity] = Level(quantity, level, name)


def _periods(sums: By, own: By) -> By:
    found = {name: sums.get(of) or own.get(of) for name, of in PERIOD.items()}
    return {name: level._replace(name=name) for name, level in found.items() if level}


class Share(NamedTuple):
    """How much of a level a value is."""

    level: Level
    value: float

    @property
    def share(self) -> float:
        """Return 1.0 for a value at its level."""
        return self.value / self.level.value

    @property
    def state(self) -> str:
        """Return "over", "warn" (near) or "ok"."""
        if self.share >= 1:
            return "over"
        return "warn" if self.share >= NEAR else "ok"


def shares(modality: str, values: Mapping[str, float | None]) -> dict[str, Share]:
    """Return the share of every level whose value is given, by name of the total."""
    return _shares(levels(modality), values)


def period_shares(values: Mapping[str, float | None]) -> dict[str, Share]:
    """Return the share of every sum over a patient that is given, by name of the sum."""
    return _shares(period_levels(), values)


def _shares(by: By, values: Mapping[str, float | None]) -> dict[str, Share]:
    found = {}
    for name, level in by.items():
        value = values.get(name)
        if value is not None:
            found[name] = Share(level, value)
    return found


def greatest(modality: str, values: Mapping[str, float | None]) -> Share | None:
    """Return the greatest share of a level, None where no value has one."""
    return max(shares(modality, values).values(), key=lambda one: one.share, default=None)
