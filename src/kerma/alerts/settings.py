"""What was typed for a rule in, its settings out, or a sentence for each that cannot be used."""

from collections.abc import Mapping
from functools import cache
from math import isfinite
from typing import Any

from kerma.alerts import rules
from kerma.alerts.base import Field, Kind, Settings, kinds
from kerma.alerts.quantities import Quantity, quantities
from kerma.errors import KermaError
from kerma.registry import load_all


class SettingsError(KermaError):
    """Settings of a rule that cannot be used; `faults` are by the name of the setting."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


@cache
def _load() -> None:
    """Import the kinds, once: they are asked for with every study that is judged."""
    load_all(rules)


def all_kinds() -> list[Kind]:
    """Return every kind of rule in its order."""
    _load()
    return sorted(kinds, key=lambda kind: kind.order)


def kind_of(name: str) -> Kind:
    """Return a kind by name."""
    _load()
    return kinds[name]


def read(kind: Kind, modality: str, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the settings as they are stored: numbers as such, levels in the unit stored.

    Raises
    ------
    SettingsError
        If one cannot be read, is out of its range, or does not fit the others.
    """
    found: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for field in kind.fields:
        try:
            value = _value(field, modality, given.get(field.name, "").strip(), found)
        except ValueError as error:
            faults[field.name] = str(error)
        else:
            if value is not None:
                found[field.name] = value
    faults = faults or kind.check(found)
    if faults:
        raise SettingsError(faults)
    return found


def typed(kind: Kind, modality: str, settings: Settings) -> dict[str, str]:
    """Return stored settings as they would be typed."""
    found = {}
    for field in kind.fields:
        value = settings.get(field.name)
        if value is None:
            continue
        if field.kind == "level":
            value *= _factor(modality, settings.get("quantity", ""))
        found[field.name] = f"{value:.10g}" if isinstance(value, float) else str(value)
    return found


def choosable(field: Field, modality: str) -> dict[str, Quantity]:
    """Return the quantities that a setting of that kind may name."""
    every = quantities(modality)
    return {name: one for name, one in every.items() if not field.only or name in field.only}


def defaults(kind: Kind) -> dict[str, str]:
    """Return what a new rule begins with, as typed."""
    return {f.name: str(f.default) for f in kind.fields if f.default is not None}


def _value(field: Field, modality: str, text: str, found: Mapping[str, Any]) -> Any:
    """Return one setting; None where it may be left out and is."""
    if not text:
        if field.required:
            raise ValueError(f"“{field.label}” is needed.")
        return None
    if field.kind == "quantity":
        if text not in choosable(field, modality):
            raise ValueError(f"Studies of this modality have no value {text!r}; choose another.")
        return text
    if field.kind == "choice":
        if text not in dict(field.choices):
            raise ValueError(f"“{field.label}” cannot be {text!r}; choose one of the list.")
        return text
    if field.kind == "text":
        return text
    number = _number(field, text)
    return (
        number / _factor(modality, found.get("quantity", "")) if field.kind == "level" else number
    )


def _number(field: Field, text: str) -> float | int:
    try:
        value = float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        value = float("nan")
    if not isfinite(value) or (field.kind == "whole" and value != int(value)):
        wanted = "a whole number" if field.kind == "whole" else "a number"
        raise ValueError(f"“{field.label}” must be {wanted}, not {text!r}.")
    least = 0.0 if field.least is None and field.kind == "level" else field.least
    if least is not None and (value < least or (field.kind != "whole" and value == least)):
        words = f"at least {least:g}" if field.kind == "whole" else f"greater than {least:g}"
        raise ValueError(f"“{field.label}” must be {words}, not {text}.")
    if field.most is not None and value > field.most:
        raise ValueError(f"“{field.label}” must be {field.most:g} at most, not {text}.")
    return int(value) if field.kind == "whole" else value


def _factor(modality: str, name: str) -> float:
    known = quantities(modality).get(name)
    return known.factor if known else 1.0
