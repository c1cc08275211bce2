"""A chart, a selection and options in, the cases that count out: one an event or a study."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kerma.charts.base import Chart, Options
from kerma.charts.cache import fresh
from kerma.charts.cache.columns import NO_DAY
from kerma.charts.cache.parts import Array, Flags, Part
from kerma.charts.selected import chosen, columns_for
from kerma.charts.values import is_of_events, item_column, measured
from kerma.query.behind import folded
from kerma.query.selection import Selection
from kerma.records import CtEvent
from kerma.store.event_types import ct_type
from kerma.store.models import System

_AGAINST = {
    "mass": "weight_kg",
    "thickness": "compressed_thickness_mm",
    "thickness-binned": "compressed_thickness_mm",
}
"""Form -> the column that its values stand against."""

DATED = frozenset({"over-time", "control"})
"""Forms that need a date."""


class Key(NamedTuple):
    """What makes a series: "" where it is not split so."""

    system: str
    split: str


class Cases(NamedTuple):
    """The cases that count; arrays have the length of their number."""

    items: list[str]
    keys: list[Key]
    item: Array
    """Place in `items`."""
    key: Array
    """Place in `keys`."""
    value: Array
    """In the unit of the chart; empty where cases are counted only."""
    against: Array
    """Mass in kg or thickness in mm; empty where the form needs none."""
    study: Array
    """Place in `studies`."""
    studies: Part
    without: int


class _Gathered(NamedTuple):
    """Cases chosen by filters, whatever they have: the part of the table, and which rows."""

    rows: Part
    number: Array
    """Of the rows."""
    study: Array


def gather(chart: Chart, selection: Selection, options: Options) -> Cases:
    """Return the cases of a chart that have an item and all that its form needs."""
    view = fresh.view(chart.modality, _of_study(chart, selection), _of_event(chart, options))
    flags = view.in_force & chosen(selection, view.studies)
    found = _cases(chart, options, view, flags)
    value, against = _value(chart, found), _against(chart, found, view.studies)
    counts = _countable(chart, options, found, view.studies, value, against)
    without = int(len(counts) - counts.sum())
    if without:
        found = found._replace(number=found.number[counts], study=found.study[counts])
        value = value[counts] if len(value) else value
        against = against[counts] if len(against) else against
    names, item = _items(chart, options, found)
    keys, key = _keys(options, chart, view.studies, found.study)
    return Cases(names, keys, item, key, value, against, found.study, view.studies, without)


def _of_study(chart: Chart, selection: Selection) -> list[str]:
    """Return the columns of studies that are needed."""
    names = ["system_id", "device_id", "physician", "study_date", "hour", "weight_kg"]
    if not is_of_events(chart):
        names.append(item_column(chart))
        if (value := measured(chart)) is not None:
            names.append(value.column)
    return list(dict.fromkeys([*names, *columns_for(selection)]))


def _of_event(chart: Chart, options: Options) -> list[str]:
    """Return the columns of events that are needed."""
    if not is_of_events(chart):
        return []
    names = [item_column(chart)]
    if (value := measured(chart)) is not None:
        names.append(value.column)
    if chart.form.startswith("thickness"):
        names.append(_AGAINST[chart.form])
    if options.acquisition_type and chart.modality == "CT":
        names.append("acquisition_type")
    return names


def _cases(chart: Chart, options: Options, view: fresh.View, flags: Flags) -> _Gathered:
    if view.events is None or not is_of_events(chart):
        number = np.flatnonzero(flags)
        return _Gathered(view.studies, number, number)
    of_events = flags[view.events.studies]
    if options.acquisition_type and chart.modality == "CT":
        of_events &= _of_type(view.events, options.acquisition_type.split(","))
    number = np.flatnonzero(of_events)
    return _Gathered(view.events, number, view.events.studies[number])


def _of_type(events: Part, wanted: Sequence[str]) -> Flags:
    """Return which CT events are of one of the types."""
    flags = []
    for text in events.texts["acquisition_type"]:
        code, _, words = text.partition("|")
        event = CtEvent(acquisition_type_code=code, acquisition_type=words)
        flags.append(ct_type(event) in wanted)
    found: Flags = np.array(flags, dtype=np.bool_)[events.columns["acquisition_type"]]
    return found


def _value(chart: Chart, found: _Gathered) -> Array:
    value = measured(chart)
    if value is None:
        return np.zeros(0)
    column = found.rows.columns[value.column][found.number]
    return column if value.factor == 1.0 else column * value.factor


def _against(chart: Chart, found: _Gathered, studies: Part) -> Array:
    column = _AGAINST.get(chart.form)
    if column is None:
        return np.zeros(0)
    if column == "weight_kg":
        return np.asarray(studies.columns[column][found.study])
    return np.asarray(found.rows.columns[column][found.number])


def _countable(
    chart: Chart, options: Options, found: _Gathered, studies: Part, value: Array, against: Array
) -> Flags:
    """Return which cases have all that the chart needs; numbers finite and not negative."""
    flags: Flags = np.ones(len(found.number), dtype=np.bool_)
    for numbers in (value, against):
        if len(numbers):
            flags &= (numbers >= 0) & (numbers < np.inf)
    if chart.form in DATED or chart.measure == "workload":
        flags &= studies.columns["study_date"][found.study] != NO_DAY
    if chart.measure == "workload":
        flags &= studies.columns["hour"][found.study] >= 0
        return flags
    column = item_column(chart)
    named = np.array([bool(folded(text, _fold(options))) for text in found.rows.texts[column]])
    flags &= named[found.rows.columns[column][found.number]]
    return flags


def _items(chart: Chart, options: Options, found: _Gathered) -> tuple[list[str], Array]:
    """Return the names of the items, and that of each case; folded if so wanted."""
    if chart.measure == "workload":
        return [""], np.zeros(len(found.number), dtype=np.int32)
    column = item_column(chart)
    texts, codes = found.rows.texts[column], found.rows.columns[column][found.number]
    counts = np.bincount(codes, minlength=len(texts))
    present = np.flatnonzero(counts)
    by_name: dict[str, list[int]] = {}
    for code in present.tolist():
        by_name.setdefault(folded(texts[code], _fold(options)), []).append(code)
    place = np.zeros(len(texts), dtype=np.int32)
    names = []
    for number_of, same in enumerate(by_name.values()):
        place[same] = number_of
        spelling = min(same, key=lambda code: (-counts[code], texts[code]))
        names.append(_clean(texts[spelling], options))
    return names, place[codes]


def _fold(options: Options) -> str:
    """Return what is folded, as `folded` takes it."""
    words = (("case", options.ignore_case), ("space", options.fold_space))
    return " ".join(word for word, on in words if on)


def _clean(text: str, options: Options) -> str:
    return re.sub(r"\s+", " ", text).strip() if options.fold_space else text


def _keys(options: Options, chart: Chart, studies: Part, study: Array) -> tuple[list[Key], Array]:
    """Return what the series are, in the order of their names, and that of each case."""
    by_system = options.per_system or options.group_by == "system" or chart.form in _BY_SYSTEM
    if not by_system and options.split != "physician":
        return [Key("", "")], np.zeros(len(study), dtype=np.int32)
    pairs, place, physicians = _pairs(studies, by_system, options.split == "physician")
    of_case = place[study]
    present = np.flatnonzero(np.bincount(of_case, minlength=len(pairs)))
    names = dict(System.objects.values_list("id", "display_name")) if by_system else {}
    keys = {
        number: Key(names.get(int(pairs[number] // len(physicians)), ""),
                    physicians[int(pairs[number] % len(physicians))])
        for number in present.tolist()
    }  # fmt: skip
    order = sorted(keys, key=lambda number: (keys[number].system.casefold(), keys[number]))
    rank = np.zeros(len(pairs), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return [keys[number] for number in order], rank[of_case]


def _pairs(studies: Part, by_system: bool, by_physician: bool) -> tuple[Array, Array, list[str]]:
    """Return the pairs of system and physician as numbers, that of each study, and the texts."""
    physicians = studies.texts["physician"] if by_physician else [""]
    pair = np.zeros(len(studies.studies), dtype=np.int64)
    if by_system:
        pair += studies.columns["system_id"].astype(np.int64) * len(physicians)
    if by_physician:
        pair += studies.columns["physician"]
    pairs, place = np.unique(pair, return_inverse=True)
    return pairs, place, physicians


_BY_SYSTEM = frozenset({"funnel", "control"})
"""Forms that compare systems, whatever the options."""
