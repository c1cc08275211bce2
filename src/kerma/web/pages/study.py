"""One study: the answer first, then its events, then everything else."""

from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from kerma.query.columns import HEADINGS
from kerma.query.levels import shares
from kerma.query.neighbours import neighbours
from kerma.query.record import Told, told
from kerma.query.selection import FilterError, Selection, select
from kerma.records import StudyRecord
from kerma.store import audit
from kerma.store.identity import split
from kerma.store.models import Study
from kerma.web import event_tables, formats, study_part
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import actor
from kerma.web.address import Address
from kerma.web.event_tables import EVENTS, FEW, Numbered
from kerma.web.facts import Fact, facts, within
from kerma.web.figures import figures
from kerma.web.totals import row_words, total_rows

_SEXES = {"M": "man", "F": "woman", "O": "other sex"}
_CHILDREN = {"M": "boy", "F": "girl"}


class CameFrom(NamedTuple):
    """The list that one came from."""

    address: Address
    selection: Selection
    words: str
    previous: str
    next: str


@require_safe
@groups(*BROWSE)
def study(request: HttpRequest, number: int) -> HttpResponse:
    """Show a study."""
    found = get_object_or_404(Study.objects.select_related("system", "device"), pk=number)
    known = told(found)
    record = known.record
    identity = may(request.user, "pid")
    audit.write_once(actor(request), "see study", study=found.pk, modality=found.modality)
    context: dict[str, Any] = {
        "study": found,
        "record": record,
        "here": Address(found.modality, ()).path(),
        "heading": HEADINGS[found.modality],
        "came_from": _came_from(request, found, identity=identity),
        "list": request.GET.get("list", ""),
        "patient": _patient(record),
        "identity": _identity(found) if identity else [],
        "accession": _accession(found),
        "figures": figures(record, shares(found.modality, vars(found))),
        "sources": known.sources,
        "unused": [source for source in known.sources if source.state != "active"],
        "folds": _folds(found, record, identity=identity),
        "values_address": reverse("study-values", args=[found.pk]),
        "series": event_tables.series_table(record),
        "organs": event_tables.organ_tables(record),
        "characteristics": facts(record.patient_characteristics),
        "parts": study_part.shown(request, found),
    }
    if not any(part.part.get("alerts") for part in context["parts"] if part.name == "alerts"):
        context["over"] = [f for f in context["figures"] if f.share and f.share.state == "over"]
    if found.modality == "RF":
        rows, total = total_rows(record)
        context["totals"] = [(row, row_words(row)) for row in (*rows, total)]
    return render(request, "web/study.html", context | _events(request, known))


def _events(request: HttpRequest, known: Told) -> dict[str, Any]:
    """Return the table of events: all or the first, of one type or any, in any order."""
    record = known.record
    every = [
        Numbered(n, event, known.standard_names.get(n, ""), known.computed.get(n, {}))
        for n, event in enumerate(record.events, 1)
    ]
    kind, order = request.GET.get("type", ""), request.GET.get("events", "")
    of_kind = [one for one in every if not kind or event_tables.type_of(one.event) == kind]
    columns = {column.name: column for column in EVENTS[record.modality]}
    sorted_events = event_tables.ordered(of_kind, columns, order)
    shown = sorted_events if request.GET.get("all") else sorted_events[:FEW]

    def address(**changes: str) -> str:
        asked = {name: request.GET.get(name, "") for name in ("list", "type", "events", "all")}
        pairs = {name: text for name, text in (asked | changes).items() if text}
        return f"{request.path}?{urlencode(pairs)}" if pairs else request.path

    types = event_tables.types_of(every)
    return {
        "events": event_tables.event_table(
            record.modality, shown, lambda name: address(events=name), order
        )
        if shown
        else None,
        "event_count": len(every),
        "shown_count": len(shown),
        "kind_count": len(of_kind),
        "types": [(name, n, address(type=name, all=""), name == kind) for name, n in types]
        if len(types) > 1
        else [],
        "all_types": address(type="", all=""),
        "kind": kind,
        "all_events": address(all="yes"),
        "remarks": event_tables.remarks(every),
    }


def _came_from(request: HttpRequest, found: Study, *, identity: bool) -> CameFrom:
    """Return the list one came from, without filters if its address cannot be read."""
    pairs = tuple(parse_qsl(request.GET.get("list", "")))
    try:
        selection = select(found.modality, pairs, identity=identity)
    except FilterError:
        pairs, selection = (), Selection(found.modality)
    address = Address(found.modality, pairs)
    before, after = neighbours(selection, found)
    words = f"{len(selection.given)} filters" if len(selection.given) > 1 else "filtered"
    return CameFrom(
        address,
        selection,
        words if selection.given else "",
        address.study(before) if before else "",
        address.study(after) if after else "",
    )


def _patient(record: StudyRecord) -> str:
    """Return who it was, unnamed: "woman, 58 y, 81 kg, 164 cm"."""
    patient = record.patient
    words = _CHILDREN if patient.age_years is not None and patient.age_years < 18 else _SEXES
    parts = (
        words.get(patient.sex, _SEXES.get(patient.sex, patient.sex)),
        formats.years(patient.age_years),
        f"{formats.number(patient.weight_kg)} kg" if patient.weight_kg else "",
        f"{formats.number(patient.height_m * 100)} cm" if patient.height_m else "",
    )
    return ", ".join(filter(None, parts))


def _identity(found: Study) -> list[Fact]:
    """Return name, id and birth date, for the pid group."""
    facts_of = []
    for heading, value, is_hashed in (
        ("Patient name", found.patient_name, found.patient_name_hashed),
        ("Patient ID", found.patient_id, found.patient_id_hashed),
    ):
        if value:
            facts_of.append(Fact(heading, f"{value} (hash)" if is_hashed else value))
    if found.birth_date:
        facts_of.append(Fact("Birth date", formats.day(found.birth_date)))
    return facts_of


def _accession(found: Study) -> str:
    if found.accession_number_hashed:
        return f"stored as a hash, {found.accession_number[:8]}…"
    return found.accession_number


class Fold(NamedTuple):
    """A part that opens when asked for."""

    heading: str
    summary: str
    facts: list[Fact]


def _folds(found: Study, record: StudyRecord, *, identity: bool) -> list[Fold]:
    """Return everything else the record holds."""
    device = record.device
    equipment = [Fact("Display name", found.system.display_name), *facts(device)]
    if record.observer is not None:
        equipment += facts(record.observer)
    totals = facts(record.totals, ("planes", "calibration", "plane"))
    totals += [
        Fact(f"{plane.plane}, {within(fact.heading)}", fact.text)
        for plane in record.totals.planes
        for fact in facts(plane, ("plane", "calibration"))
    ]
    calibration = record.totals.calibration
    totals += [Fact(f"Calibration, {within(f.heading)}", f.text) for f in facts(calibration)]
    header = [Fact(f.heading, _plain(f.text)) for f in facts(record.study, ("accession_number",))]
    header.insert(0, Fact("Accession number", _accession(found) or "not given"))
    rest = facts(record, _SHOWN_ELSEWHERE)
    folds = [
        Fold("Equipment", " ".join(filter(None, (device.manufacturer, device.model))), equipment),
        Fold("Request, people and objects", found.requested_procedure, header),
        Fold("Patient", _patient(record), _patient_facts(found, record, identity=identity)),
        Fold("Totals as stored", formats.plural(len(totals), "value"), totals),
        Fold("Report", record.kind, rest),
    ]
    return [fold for fold in folds if fold.facts]


_SHOWN_ELSEWHERE = (
    "modality", "study", "device", "patient", "totals", "events", "series",
    "patient_characteristics", "observer", "quirks", "notes", "manufacturer", "model",
)  # fmt: skip


def _plain(text: str) -> str:
    """Return a value of the record without the mark of a hash."""
    return split(text)[0]


def _patient_facts(found: Study, record: StudyRecord, *, identity: bool) -> list[Fact]:
    known = [
        Fact("Age", formats.years(found.age_years)),
        Fact("Sex", found.sex),
        Fact("Height", f"{formats.number(found.height_m)} m" if found.height_m else ""),
        Fact("Mass", f"{formats.number(found.weight_kg)} kg" if found.weight_kg else ""),
        Fact("Body mass index", _body_mass_index(found)),
        Fact("Not-patient indicators", found.not_patient or "none"),
    ]
    named = _identity(found) if identity else [
        Fact("Name and number", "Not shown: you are not in the group that may see them.")
    ]  # fmt: skip
    return [fact for fact in known if fact.text] + (
        named or [Fact("Name and number", "Not stored: the site's policy, or not in the object.")]
    )


def _body_mass_index(found: Study) -> str:
    """Return mass over height squared."""
    if not found.height_m or not found.weight_kg:
        return ""
    return f"{found.weight_kg / found.height_m**2:.1f} kg/m²"


@require_safe
@groups(*BROWSE)
def values(request: HttpRequest, number: int) -> HttpResponse:
    """Show every value of the events, fifty events at a time."""
    found = get_object_or_404(Study.objects.select_related("system"), pk=number)
    record = told(found).record
    every = [Numbered(n, event) for n, event in enumerate(record.events, 1)]
    start = request.GET.get("from", "1")
    first = max(int(start) if start.isdecimal() and len(start) < 8 else 1, 1)
    shown = every[first - 1 : first - 1 + _VALUES_AT_ONCE]
    context = {
        "study": found,
        "here": Address(found.modality, ()).path(),
        "events": [(one, event_tables.all_values(one)) for one in shown],
        "event_count": len(every),
        "next": first + _VALUES_AT_ONCE if first - 1 + _VALUES_AT_ONCE < len(every) else 0,
    }
    template = "web/values_part.html" if request.htmx else "web/values.html"  # type: ignore[attr-defined]
    return render(request, template, context)


_VALUES_AT_ONCE = 50
