"""What is typical here: median and spread of each quantity by system, name, phantom and band."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from django.db.models import QuerySet

from kerma.query.reference_levels.bands import band_of, is_head
from kerma.query.reference_levels.statistics import Summary, summarise
from kerma.store.models import CtEvent, ProjectionEvent, Study, System

LOCALISER = "Constant Angle Acquisition"

_COLUMNS = {
    "RF": {"dap_gym2": "dap_gym2", "rp_dose_gy": "rp_dose_gy", "fluoro_time_s": "fluoro_time_s"},
    "DX": {"dap_gym2": "dap_gym2"},
    "MG": {"agd_mgy": "agd_max_mgy"},
    "NM": {"administered_activity_mbq": "administered_activity_mbq"},
}
"""Modality -> quantity -> column of the study."""

_EVENT_COLUMNS = {"DX": ("dap_gym2",), "MG": ("agd_mgy",)}
"""Modality -> quantities of its acquisitions."""


class Asked(NamedTuple):
    """Which studies, and by what they are told apart."""

    modality: str
    since: dt.date
    until: dt.date
    level: str = "study"
    """`study` or `acquisition`."""
    system: int | None = None
    by_description: bool = False
    """By study description (or acquisition protocol) where there are no standard names yet."""
    adults_from_kg: float | None = None
    adults_to_kg: float | None = None
    """Adults of other weights, or of none known, are left out if either is given."""

    def before(self) -> "Asked":
        """Return the same of the period before, as long as this one."""
        days = (self.until - self.since).days + 1
        if (self.since.month, self.since.day, self.until.month, self.until.day) == (1, 1, 12, 31):
            return self._replace(
                since=self.since.replace(year=self.since.year - (days // 365)),
                until=self.since - dt.timedelta(days=1),
            )
        return self._replace(
            since=self.since - dt.timedelta(days=days), until=self.since - dt.timedelta(days=1)
        )


class Group(NamedTuple):
    """Patients who may be put together."""

    name: str
    system: int
    quantity: str
    phantom_cm: int | None
    band: str


class Typical(NamedTuple):
    """One group with what its values come to, in the unit of the store."""

    group: Group
    system_name: str
    summary: Summary


class Coverage(NamedTuple):
    """What of the studies, or acquisitions, in the period the typical values rest on."""

    cases: int
    unnamed: int
    """Without a standard name (or description)."""
    other_weights: int
    """Named adults outside the chosen weights."""
    mixed: int
    """CT studies on both phantoms: their DLP is a sum of unlike things and is left out."""
    age_unknown: int
    """Counted as adults."""


class Found(NamedTuple):
    """The typical values by name, quantity, band and system, and how much they cover."""

    rows: list[Typical]
    coverage: Coverage


class _Case(NamedTuple):
    """One study or acquisition with its values."""

    name: str
    system: int
    band: str
    values: tuple[tuple[str, int | None, float], ...]
    """Quantity, phantom, value."""


Tell = Callable[[int], None]
"""Told now and then how many cases are counted; may raise to end it."""


def nobody(cases: int) -> None:
    """Tell nobody."""


def typical(asked: Asked, tell: Tell = nobody) -> Found:
    """Return the typical values of everything that was asked for; test data are left out."""
    counted = _Counted(tell)
    values: dict[Group, list[float]] = {}
    for case in _cases(asked, counted):
        for quantity, phantom_cm, value in case.values:
            group = Group(case.name, case.system, quantity, phantom_cm, case.band)
            values.setdefault(group, []).append(value)
    names = dict(System.objects.values_list("pk", "display_name"))
    rows = [
        Typical(group, names.get(group.system, ""), summarise(found))
        for group, found in values.items()
    ]
    rows.sort(key=_order)
    return Found(rows, counted.coverage())


def _order(row: Typical) -> tuple[Any, ...]:
    group = row.group
    return (group.name.casefold(), group.quantity, group.band, group.phantom_cm or 0,
            row.system_name.casefold(), group.system)  # fmt: skip


class _Counted:
    """Counts while the cases are gone through."""

    def __init__(self, tell: Tell) -> None:
        self.cases = self.unnamed = self.other_weights = self.mixed = self.age_unknown = 0
        self._tell = tell
        self._steps = 0

    def step(self) -> None:
        """Count a row read, and tell of it now and then."""
        self._steps += 1
        if self._steps % _TELL_EVERY == 0:
            self._tell(self.cases)

    def coverage(self) -> Coverage:
        return Coverage(self.cases, self.unnamed, self.other_weights, self.mixed, self.age_unknown)


_TELL_EVERY = 1000


def _studies(asked: Asked) -> "QuerySet[Study]":
    """Return the studies of the period; the condition on time is that of an index."""
    first = dt.datetime.combine(asked.since, dt.time())
    last = dt.datetime.combine(asked.until, dt.time.max)
    found = Study.objects.filter(
        modality=asked.modality, date_time__gte=first, date_time__lte=last, not_patient=""
    )
    return found if asked.system is None else found.filter(system=asked.system)


_PATIENT = ("age_years", "weight_kg", "target_regions", "standard_name", "study_description")


def _cases(asked: Asked, counted: _Counted) -> Iterator[_Case]:
    if asked.level == "acquisition":
        return _acquisitions(asked, counted)
    if asked.modality == "CT":
        return _ct_studies(asked, counted)
    return _plain_studies(asked, counted)


def _plain_studies(asked: Asked, counted: _Counted) -> Iterator[_Case]:
    columns = _COLUMNS[asked.modality]
    rows = _studies(asked).values_list("system_id", *_PATIENT, *columns.values())
    for system, *rest in rows.iterator(chunk_size=5000):
        patient, found = rest[: len(_PATIENT)], rest[len(_PATIENT) :]
        name = patient[4] if asked.by_description else patient[3]
        band = _band(asked, counted, name, patient)
        if band is not None:
            values = zip(columns, found, strict=True)
            yield _Case(name, system, band, _said((q, None, v) for q, v in values))


def _ct_studies(asked: Asked, counted: _Counted) -> Iterator[_Case]:
    scans = _scans(asked, counted)
    rows = _studies(asked).values_list("pk", "system_id", *_PATIENT, "dlp_mgycm")
    for pk, system, *patient, dlp in rows.iterator(chunk_size=5000):
        name = patient[4] if asked.by_description else patient[3]
        band = _band(asked, counted, name, patient)
        if band is None:
            continue
        scan = scans.get(pk, _Scan(None, None, on_head=False, on_body=False))
        found = [("ctdivol_mgy", scan.phantom_cm, scan.ctdivol_mgy)]
        if scan.on_head and scan.on_body:
            counted.mixed += 1
        else:
            phantom = 16 if scan.on_head else 32 if scan.on_body else None
            found.append(("dlp_mgycm", phantom, dlp))
        yield _Case(name, system, band, _said(found))


class _Scan(NamedTuple):
    """CTDIvol and phantom of the event with the greatest DLP, and which phantoms there are."""

    ctdivol_mgy: float | None
    phantom_cm: int | None
    on_head: bool
    on_body: bool


def _scans(asked: Asked, counted: _Counted) -> dict[int, _Scan]:
    """Return what the events of each study say; localisers do not count.

    Faster here than by window functions of the database, which sort all events.
    """
    events = CtEvent.objects.filter(study__in=_studies(asked)).exclude(acquisition_type=LOCALISER)
    rows = events.order_by().values_list("study_id", "ctdivol_mgy", "dlp_mgycm", "phantom_type")
    found: dict[int, _Scan] = {}
    shares: dict[int, float] = {}
    for study, ctdivol, dlp, phantom_type in rows.iterator(chunk_size=5000):
        counted.step()
        phantom = phantom_cm(phantom_type)
        share = -2.0 if ctdivol is None else -1.0 if dlp is None else dlp
        known = found.get(study)
        if known is None or share > shares[study]:
            shares[study] = share
            head = phantom == 16 or (known is not None and known.on_head)
            body = phantom == 32 or (known is not None and known.on_body)
            found[study] = _Scan(ctdivol, phantom, head, body)
        elif phantom == 16 and not known.on_head:
            found[study] = known._replace(on_head=True)
        elif phantom == 32 and not known.on_body:
            found[study] = known._replace(on_body=True)
    return found


def _acquisitions(asked: Asked, counted: _Counted) -> Iterator[_Case]:
    is_ct = asked.modality == "CT"
    model = CtEvent if is_ct else ProjectionEvent
    quantities = ("ctdivol_mgy", "dlp_mgycm") if is_ct else _EVENT_COLUMNS[asked.modality]
    name_column = "acquisition_protocol" if asked.by_description else "standard_name"
    of_patient = (f"study__{name}" for name in _PATIENT)
    columns = ("system_id", name_column, *of_patient, *quantities, *(["phantom_type"] * is_ct))
    events = model._default_manager.filter(study__in=_studies(asked)).order_by()
    for system, name, *rest in events.values_list(*columns).iterator(chunk_size=5000):
        patient, found = rest[: len(_PATIENT)], rest[len(_PATIENT) :]
        band = _band(asked, counted, name, patient)
        if band is not None:
            phantom = phantom_cm(found[-1]) if is_ct else None
            values = zip(quantities, found, strict=False)
            yield _Case(name, system, band, _said((q, phantom, v) for q, v in values))


def _band(asked: Asked, counted: _Counted, name: str, patient: list[Any]) -> str | None:
    """Return the band of a case, None if it does not count; count it."""
    age, weight, regions, standard, description = patient
    counted.step()
    counted.cases += 1
    if not name:
        counted.unnamed += 1
        return None
    band = band_of(age, weight, head=is_head(regions, standard or description))
    if band == "" and not _within(asked, weight):
        counted.other_weights += 1
        return None
    counted.age_unknown += age is None
    return band


def _within(asked: Asked, weight_kg: float | None) -> bool:
    low, high = asked.adults_from_kg, asked.adults_to_kg
    if low is None and high is None:
        return True
    return weight_kg is not None and (low or 0.0) <= weight_kg <= (high or float("inf"))


def _said(
    values: Iterable[tuple[str, int | None, float | None]],
) -> tuple[tuple[str, int | None, float], ...]:
    """Return the values there are; a dose of 0 or below, or that is no number, is none."""
    return tuple((q, p, v) for q, p, v in values if v is not None and 0 < v < float("inf"))


@lru_cache(maxsize=1000)
def phantom_cm(phantom_type: str) -> int | None:
    """Return the diameter of the CTDI phantom that a report names, None if it names none."""
    text = phantom_type.casefold()
    if "head" in text or "16" in text:
        return 16
    if "body" in text or "32" in text:
        return 32
    return None
