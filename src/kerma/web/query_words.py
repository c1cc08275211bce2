"""What a query asked for in, the words of the pages out."""

import datetime as dt
from typing import NamedTuple

from kerma.net.wanted import MODALITIES, Wanted
from kerma.web.formats import day, minute, plural
from kerma.web.pages.query_forms import LABELS


class Fact(NamedTuple):
    """One option and its value."""

    label: str
    words: str


def days_of(wanted: Wanted) -> str:
    """Return "20 Nov 2026", "20 Nov 2026 to 22 Nov 2026", "20 Nov 2026, 8:00 to 12:00"."""
    first, last = wanted.date_from, wanted.date_until
    if first is None:
        return "any day" if last is None else f"until {day(last)}"
    if first == last:
        return f"{day(first)}{_hours(wanted.time_from, wanted.time_until)}"
    return f"{day(first)} to {day(last)}" if last else f"from {day(first)}"


def modalities_of(wanted: Wanted) -> str:
    """Return "CT, Mammography"."""
    if wanted.sr_only:
        return "Studies of reports only"
    if set(wanted.modalities) == set(MODALITIES):
        return "All modalities"
    return ", ".join(LABELS.get(name, name) for name in wanted.modalities)


def title_of(wanted: Wanted) -> str:
    """Return what a query is about, in a line."""
    return f"{modalities_of(wanted)}, {days_of(wanted)}"


def facts_of(wanted: Wanted) -> list[Fact]:
    """Return every option that restricts or widens the query."""
    terms = (
        ("Study descriptions with", wanted.description_include),
        ("Study descriptions without", wanted.description_exclude),
        ("Station names with", wanted.station_include),
        ("Station names without", wanted.station_exclude),
    )
    switches = (
        ("Objects already stored", "fetched again", wanted.duplicates),
        ("Toshiba dose images", "fetched", wanted.toshiba),
        ("Series of reports that list no objects", "fetched", wanted.empty_sr),
        ("Station names", "compared at study level", wanted.station_at_study_level),
    )
    found = [Fact("Days", days_of(wanted)), Fact("Modalities", modalities_of(wanted))]
    found += [Fact(label, ", ".join(words)) for label, words in terms if words]
    found += [Fact(label, words) for label, words, is_on in switches if is_on]
    if wanted.study_uids:
        found.append(Fact("Only", f"{plural(len(wanted.study_uids), 'study')} named by UID"))
    return found


def _hours(first: dt.time | None, last: dt.time | None) -> str:
    if first is None and last is None:
        return ""
    if last is None:
        return f" from {minute(first)}"
    return f", {minute(first) or '0:00'} to {minute(last)}"
