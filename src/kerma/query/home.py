"""Today and two periods in, what the home page says of every system out."""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Case, F, OuterRef, Q, Subquery, Sum, When

from kerma.query.columns import HEADINGS
from kerma.query.levels import levels, remembered
from kerma.query.rhythm import WATCHED_DAYS, Rhythm, rhythm
from kerma.store.models import DailyCount, Device, Quarantine, Study, System

_DAYS_DRAWN = 28


Key = tuple[str, int]
"""Modality, and number of the system."""

Days = dict[Key, Counter[dt.date]]
"""Studies of each day."""


class SystemLine(NamedTuple):
    """One system with one modality."""

    modality: str
    system_id: int
    display_name: str
    devices: str
    """Model and station, or the number of devices."""
    studies: int
    latest: dt.datetime | None
    periods: tuple[int, int]
    """Studies in the two periods of the user."""
    per_day: tuple[int, ...]
    rhythm: Rhythm

    @property
    def silent_days(self) -> int:
        """Days without a study where that is longer than ever before; 0 if it is not."""
        return self.rhythm.silent_days


class Attention(NamedTuple):
    """What may need a look."""

    last_week: int
    week_before: int
    over_level: int
    quarantine: int


def systems(today: dt.date, periods: tuple[int, int]) -> list[SystemLine]:
    """Return all systems by name, one line for each modality they have studies of."""
    per_day = _per_day(today)
    totals, devices = _sums(), _devices()
    latest = _latest(totals.keys())
    names = dict(System.objects.values_list("id", "display_name"))
    workload = [_workload(today, days, per_day) for days in periods]
    lines = []
    for (modality, system), total in totals.items():
        days: Counter[dt.date] = per_day.get((modality, system), Counter())
        drawn = (today - dt.timedelta(back) for back in range(_DAYS_DRAWN - 1, -1, -1))
        lines.append(
            SystemLine(
                modality=modality,
                system_id=system,
                display_name=names[system],
                devices=devices.get(system, ""),
                studies=total,
                latest=latest.get((modality, system)),
                periods=(workload[0][modality, system], workload[1][modality, system]),
                per_day=tuple(days.get(day, 0) for day in drawn),
                rhythm=rhythm(sorted(days), today),
            )
        )
    return sorted(lines, key=lambda line: line.display_name.casefold())


def _sums(**conditions: dt.date) -> Counter[Key]:
    """Return the studies of each modality and system, those without any left out."""
    rows = DailyCount.objects.filter(**conditions).values_list("modality", "system_id")
    totals = rows.annotate(total=Sum("studies")).order_by()
    return Counter({(modality, system): n for modality, system, n in totals if n > 0})


def _workload(today: dt.date, days: int, per_day: Days) -> Counter[Key]:
    """Return the studies of the last days, from what was read already where that is enough."""
    since = today - dt.timedelta(days - 1)
    if days > WATCHED_DAYS:
        return _sums(study_date__gte=since, study_date__lte=today)
    found: Counter[Key] = Counter()
    for key, counts in per_day.items():
        found[key] = sum(n for day, n in counts.items() if day >= since)
    return found


def _per_day(today: dt.date) -> Days:
    """Return the studies of every day that had any, of the watched days."""
    found: defaultdict[Key, Counter[dt.date]] = defaultdict(Counter)
    since = today - dt.timedelta(WATCHED_DAYS)
    rows = DailyCount.objects.filter(study_date__gte=since, study_date__lte=today)
    for modality, system, day, studies in rows.values_list(
        "modality", "system_id", "study_date", "studies"
    ):
        found[modality, system][day] += studies
    return {key: +counts for key, counts in found.items()}


def _latest(keys: Collection[Key]) -> dict[Key, dt.datetime]:
    """Return the time of the latest study: one step into an index for each.

    Only those that there are are asked for: to find that there is none, PostgreSQL would look
    through all studies of the modality.
    """
    latest = {modality: _latest_of(modality, keys) for modality in sorted({key[0] for key in keys})}
    found = {}
    for system, *moments in System.objects.values_list("id", *latest.values()):
        for modality, moment in zip(latest, moments, strict=True):
            if moment is not None and moment.year > 1:
                found[modality, system] = moment
    return found


def _latest_of(modality: str, keys: Collection[Key]) -> Case:
    studies = Study.objects.filter(modality=modality, system=OuterRef("pk"))
    newest = F("date_time").desc(nulls_last=True)  # as the index has it
    moment = Subquery(studies.order_by(newest).values("date_time")[:1])
    return Case(When(pk__in=[system for of, system in keys if of == modality], then=moment))


def _devices() -> dict[int, str]:
    """Return model and station of every system, or how many devices it has."""
    known: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = Device.objects.values_list("system_id", "model", "station_name").distinct()
    for system, model, station in rows.order_by("id"):
        if (model, station) not in known[system]:
            known[system].append((model, station))
    return {system: _device_words(pairs) for system, pairs in known.items()}


def _device_words(pairs: list[tuple[str, str]]) -> str:
    model, station = pairs[0]
    last = station if len(pairs) == 1 else f"{len(pairs)} devices"
    return " · ".join(filter(None, (model, last)))


def silent(today: dt.date) -> list[tuple[str, Rhythm]]:
    """Return the systems that send nothing for longer than is their habit, with their rhythm."""
    found = _per_day(today)
    names = dict(System.objects.values_list("id", "display_name"))
    rhythms = {key: rhythm(sorted(days), today) for key, days in found.items()}
    return sorted((names[key[1]], one) for key, one in rhythms.items() if one.silent_days)


def attention(today: dt.date) -> Attention:
    """Return the figures above the table."""
    week, day = dt.timedelta(7), dt.timedelta(1)
    return Attention(
        last_week=_studies(today - week + day, today),
        week_before=_studies(today - 2 * week + day, today - week),
        over_level=_over_level(today - dt.timedelta(_DAYS_DRAWN - 1)),
        quarantine=Quarantine.objects.filter(released_at=None).count(),
    )


def _studies(first: dt.date, last: dt.date) -> int:
    days = DailyCount.objects.filter(study_date__gte=first, study_date__lte=last)
    return days.aggregate(total=Sum("studies"))["total"] or 0


def _over_level(since: dt.date) -> int:
    """Return the number of studies at or over an alert level since a day."""
    start = dt.datetime.combine(since, dt.time())
    count = 0
    with remembered():
        for modality in HEADINGS:
            over = Q()
            for name, level in levels(modality).items():
                over |= Q(**{f"{name}__gte": level.value})
            if over:
                recent = Study.objects.filter(modality=modality, date_time__gte=start)
                count += recent.filter(over).count()
    return count
