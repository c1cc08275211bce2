"""A selection in, the chips above a list out: what is filtered, and how to change it."""

import datetime as dt
from typing import NamedTuple

from kerma.query import behind
from kerma.query.filters import Filter, filters_of
from kerma.query.selection import Selection
from kerma.query.suggestions import SUGGESTING
from kerma.store.models import System
from kerma.web import formats
from kerma.web.address import Address


class Box(NamedTuple):
    """One field of an editor."""

    name: str
    label: str
    text: str


class Preset(NamedTuple):
    """One click that fills a filter."""

    label: str
    address: str
    is_current: bool


class Chip(NamedTuple):
    """One filter with its editor; `words` is empty where it is not in use."""

    name: str
    kind: str
    heading: str
    words: str
    clear: str
    boxes: tuple[Box, ...]
    unit: str = ""
    presets: tuple[Preset, ...] = ()
    suggests: bool = False


def chips(selection: Selection, address: Address, *, identity: bool, today: dt.date) -> list[Chip]:
    """Return a chip for every filter of the modality, those in use and those that could be."""
    gathered: dict[str, list[Filter]] = {}
    for one in filters_of(selection.modality, identity=identity).values():
        gathered.setdefault(one.chip or one.name, []).append(one)
    given = {one.filter.name: one.text for one in selection.given}
    found = [_chip(name, parts, given, address, today) for name, parts in gathered.items()]
    return [chip for chip in found if chip.words or chip.kind not in {"system", "behind"}]


def _chip(
    name: str, parts: list[Filter], given: dict[str, str], address: Address, today: dt.date
) -> Chip:
    first = parts[0]
    kind = {"from": "date", "min": "range", "hashable": "text", "identity": "text"}.get(
        first.kind, first.kind
    )
    texts = [given.get(part.name, "") for part in parts]
    presets = _presets(address, today, texts) if kind == "date" else ()
    return Chip(
        name=name,
        kind=kind,
        heading=first.heading,
        words=_words(kind, first, texts, presets),
        clear=address.without(*(part.name for part in parts)).path(),
        boxes=tuple(
            Box(part.name, label, text)
            for part, label, text in zip(parts, _labels(kind, first), texts, strict=True)
        ),
        unit=first.unit,
        presets=presets,
        suggests=name in SUGGESTING,
    )


def _labels(kind: str, first: Filter) -> tuple[str, ...]:
    """Return the labels of an editor's boxes."""
    if kind == "date":
        return ("From", "To")
    if kind == "range":
        return ("At least", "At most")
    if first.kind == "identity":
        return (f"{first.heading} contains, or is where hashed",)
    return (f"{first.heading} contains" if kind == "text" else first.heading,)


def _words(kind: str, first: Filter, texts: list[str], presets: tuple[Preset, ...]) -> str:
    """Return what a chip says, "" for a filter not in use."""
    if not any(texts):
        return ""
    if kind == "date":
        named = next((preset.label for preset in presets if preset.is_current), "")
        return named.lower() or _between([_day(text) for text in texts], "")
    if kind == "range":
        return _between(texts, first.unit)
    if kind == "test":
        return "left out" if texts[0] == "exclude" else "shown"
    if kind == "system":
        name = System.objects.filter(pk=int(texts[0])).values_list("display_name", flat=True)
        return f"is {name.first() or 'unknown'}"
    if kind == "behind":
        found = behind.read(first.path, texts[0])
        return found.words if found else ""
    if kind == "count":
        return texts[0]
    return f"contains “{texts[0]}”"


def _between(texts: list[str], unit: str) -> str:
    low, high = texts
    words = f"{low} to {high}" if low and high else f"from {low}" if low else f"up to {high}"
    return f"{words} {unit}".strip()


def _day(text: str) -> str:
    return formats.day(dt.date.fromisoformat(text)) if text else ""


def _presets(address: Address, today: dt.date, texts: list[str]) -> tuple[Preset, ...]:
    """Return the usual periods."""
    day = dt.timedelta(days=1)
    periods = (
        ("Today", today, today),
        ("Yesterday", today - day, today - day),
        ("Last 7 days", today - 6 * day, today),
        ("Last 28 days", today - 27 * day, today),
        ("This month", today.replace(day=1), today),
        ("Last 365 days", today - 364 * day, today),
    )
    return tuple(
        Preset(
            label,
            address.having(date_from=first.isoformat(), date_until=last.isoformat()).path(),
            texts == [first.isoformat(), last.isoformat()],
        )
        for label, first, last in periods
    )
