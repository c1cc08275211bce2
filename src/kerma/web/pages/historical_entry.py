"""One CT study of the past entered by hand: form, preview with its doubts, store, correct."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from msgspec.structs import replace

from kerma.errors import KermaError
from kerma.pipeline.historical import cells, manual, storing
from kerma.pipeline.historical.cells import CellFault, Format
from kerma.pipeline.historical.entry import TYPES, Entry, Scan, complete, doubts
from kerma.records import Device as Scanner
from kerma.store.identity import HASHED
from kerma.store.models import Device, HistoricalStudy, Study, System
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import actor
from kerma.web.configuration import SIZES
from kerma.web.forms import PageForm

_MOST_ROWS = 60
_NAMING = ("patient_name", "patient_id", "birth_date")
"""Shown to the group pid only."""


class Number(forms.CharField):
    """A number with a decimal point or comma."""

    def __init__(self, label: str, factor: float = 1.0, **more: Any) -> None:
        super().__init__(label=label, required=False, max_length=20, **more)
        self.widget.attrs["inputmode"] = "decimal"
        self.factor = factor

    def clean(self, value: Any) -> float | None:
        """Return the number in the unit that is stored."""
        said = super().clean(value)
        if cells.is_empty(said):
            return None
        try:
            return cells.number(self.factor)(said.replace(",", "."), Format())  # type: ignore[no-any-return]
        except CellFault:
            raise forms.ValidationError("This is no number.") from None

    def prepare_value(self, value: Any) -> Any:
        """Show a stored number in the unit of the form."""
        return f"{value / self.factor:.10g}" if isinstance(value, float | int) else value


class StudyForm(PageForm):
    """What is known of the study."""

    system = forms.ChoiceField(label="Scanner", required=False)
    manufacturer = forms.CharField(label="or manufacturer", required=False, max_length=64)
    model = forms.CharField(label="and model", required=False, max_length=64)
    station_name = forms.CharField(label="Station name", required=False, max_length=16)
    study_date = forms.DateField(label="Study date", widget=forms.DateInput({"type": "date"}))
    study_time = forms.TimeField(
        label="Time", required=False, widget=forms.TimeInput({"type": "time"})
    )
    study_instance_uid = forms.CharField(
        label="Study Instance UID",
        required=False,
        max_length=64,
        help_text="Known, a report that comes later finds this study.",
    )
    accession_number = forms.CharField(label="Accession number", required=False, max_length=16)
    study_description = forms.CharField(label="Study description", required=False, max_length=64)
    requested_procedure = forms.CharField(
        label="Requested procedure", required=False, max_length=64
    )
    patient_id = forms.CharField(label="Patient ID", required=False, max_length=64)
    patient_name = forms.CharField(label="Patient name", required=False, max_length=64)
    birth_date = forms.DateField(
        label="Date of birth", required=False, widget=forms.DateInput({"type": "date"})
    )
    sex = forms.ChoiceField(
        label="Sex",
        required=False,
        choices=[("", "Not known"), ("F", "Female"), ("M", "Male"), ("O", "Other")],
    )
    age_years = Number("Age, years")
    height_m = Number("Height, cm", 0.01)
    weight_kg = Number("Weight, kg")
    total_dlp_mgycm = Number("Total DLP, mGy·cm")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        systems = _systems()
        choices = [("", "Another, typed here")] + [(str(pk), name) for pk, name in systems]
        self.fields["system"].choices = choices  # type: ignore[attr-defined]

    def clean_study_instance_uid(self) -> str:
        """Refuse what is no UID."""
        given = str(self.cleaned_data["study_instance_uid"]).strip()
        try:
            return cells.uid(given, Format()) if given else ""
        except CellFault as fault:
            raise forms.ValidationError(f"This {fault}.") from None


class ScanForm(PageForm):
    """One acquisition."""

    protocol = forms.CharField(label="Protocol", required=False, max_length=64)
    acquisition_type = forms.ChoiceField(
        label="Type",
        required=False,
        choices=[("", "Not known"), *((kind, kind.removesuffix(" Acquisition")) for kind in TYPES)],
    )
    kvp = Number("kV")
    ctdivol_mgy = Number("CTDIvol, mGy")
    phantom_mm = forms.ChoiceField(
        label="Phantom",
        required=False,
        choices=[("", "Not known"), ("160", "16 cm, head"), ("320", "32 cm, body")],
    )
    dlp_mgycm = Number("DLP, mGy·cm")
    scanning_length_mm = Number("Length, mm")

    def scan(self, before: Scan) -> Scan:
        """Return the acquisition; what the form does not ask for is as before."""
        given = dict(self.cleaned_data)
        given["phantom_mm"] = int(given["phantom_mm"]) if given["phantom_mm"] else None
        return replace(before, **given)


ScanForms = forms.formset_factory(ScanForm, extra=0, max_num=_MOST_ROWS, absolute_max=_MOST_ROWS)


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*SIZES)
def enter(request: HttpRequest) -> HttpResponse:
    """Enter a study: rows are added, then it is looked at, then stored."""
    return _page(request, None, None)


@require_http_methods(["GET", "HEAD", "POST"])
@groups(*SIZES)
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Correct what was entered for a study."""
    one = get_object_or_404(HistoricalStudy.objects.select_related("doses"), pk=number)
    before = manual.stored_entry(one)
    if before is None:
        messages.error(request, "This study is not stored any more.")
        return redirect("doses")
    return _page(request, one, before)


@require_POST
@groups(*SIZES)
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take out what was entered for a study."""
    manual.remove(get_object_or_404(HistoricalStudy, pk=number), actor(request))
    messages.success(request, "What was entered for this study is removed.")
    return redirect("doses")


def _page(request: HttpRequest, one: HistoricalStudy | None, before: Entry | None) -> HttpResponse:
    do = request.POST.get("do", "")
    data = request.POST if request.method == "POST" else None
    if data is not None and do == "row":
        data = _with_row(data)
    form = StudyForm(data, initial=_initial(request, before))
    old = before.scans if before else ()
    scans = ScanForms(data, prefix="scan", initial=[_said(scan) for scan in old] or [{}])
    context: dict[str, Any] = {"form": form, "scans": scans, "one": one, "within": "doses"}
    context["hides"] = before is not None and not may(request.user, "pid")
    if data is not None and do != "row" and form.is_valid() and scans.is_valid():
        entry = _entry(request, form, scans, before)
        context |= _looked_at(entry)
        is_sure = not context["doubts"] or bool(request.POST.get("sure"))
        if do == "store" and not context["fault"] and is_sure:
            answer = _store(request, one, entry, len(context["doubts"]))
            if answer is not None:
                return answer
    return render(request, "web/doses_enter.html", context)


def _looked_at(entry: Entry) -> dict[str, Any]:
    """Return the preview: what would be stored, and what speaks against it."""
    fault = ""
    try:
        complete(entry)
    except KermaError as error:
        fault = f"{str(error)[:1].upper()}{str(error)[1:]}."
    said = [scan.dlp_mgycm for scan in entry.scans if scan.dlp_mgycm is not None]
    summed = round(sum(said), 6) if said else None
    return {"entry": entry, "summed": summed, "fault": fault, "doubts": doubts(entry)}


def _store(
    request: HttpRequest, one: HistoricalStudy | None, entry: Entry, number: int
) -> HttpResponse | None:
    try:
        if one is None:
            stored = manual.enter(entry, actor(request), doubts=number)
        else:
            stored = manual.correct(one, entry, actor(request), doubts=number)
    except KermaError as error:
        messages.error(request, str(error))
        return None
    said = {"repeated": "This study is stored so already.", "replaced": "The study is corrected."}
    messages.success(request, said.get(stored.outcome, "The study is stored."))
    study = Study.objects.filter(study_instance_uid=stored.study_instance_uid, modality="CT")
    found = study.order_by("-pk").first()
    if found is None or not may(request.user, *BROWSE):
        return redirect("doses")
    return redirect("study", found.pk)


def _entry(request: HttpRequest, form: StudyForm, scans: Any, before: Entry | None) -> Entry:
    given = {name: value for name, value in form.cleaned_data.items() if name != "system"}
    names = ("manufacturer", "model", "station_name")
    typed = Scanner(**{name: given.pop(name) for name in names})
    if before is not None:
        for name in (*_NAMING, "accession_number"):
            if not given[name] and _is_hidden(request, name, getattr(before, name)):
                given[name] = getattr(before, name)
    plain = {
        name: cells.text(value, Format()) if isinstance(value, str) else value
        for name, value in given.items()
        if not (isinstance(value, str) and value.startswith(HASHED))
    }
    old = list(before.scans) if before else []
    old += [Scan()] * (len(scans.forms) - len(old))
    rows = (one.scan(was) for one, was in zip(scans.forms, old, strict=False))
    said = tuple(row for row in rows if row != Scan())
    device = _device(form.cleaned_data["system"], typed, before)
    return Entry(**(given | plain), device=device, scans=said)


def _device(system: str, typed: Scanner, before: Entry | None) -> Scanner:
    """Return the scanner chosen, or typed; one that was not changed stays as it was."""
    if system:
        found = Device.objects.filter(system_id=int(system)).order_by("-pk").first()
        return storing.of_device(found) if found else typed
    old = before.device if before else Scanner()
    same = (old.manufacturer, old.model, old.station_name)
    if same == (typed.manufacturer, typed.model, typed.station_name):
        return old
    return storing.scanner(typed)


def _is_hidden(request: HttpRequest, name: str, value: Any) -> bool:
    """Whether a stored value is not shown: it names the patient, or is a hash."""
    if isinstance(value, str) and value.startswith(HASHED):
        return True
    return name in _NAMING and not may(request.user, "pid")


def _initial(request: HttpRequest, before: Entry | None) -> dict[str, Any]:
    if before is None:
        return {}
    said = {
        name: getattr(before, name)
        for name in StudyForm.base_fields
        if name in Entry.__struct_fields__ and not _is_hidden(request, name, getattr(before, name))
    }
    device = before.device
    named = {n: getattr(device, n) for n in ("manufacturer", "model", "station_name")}
    return said | named


def _said(scan: Scan) -> dict[str, Any]:
    found = {name: getattr(scan, name) for name in ScanForm.base_fields}
    return found | {"phantom_mm": "" if scan.phantom_mm is None else str(scan.phantom_mm)}


def _with_row(data: Mapping[str, Any]) -> Any:
    """Return what the form said, with one row more."""
    more = data.copy()  # type: ignore[attr-defined]
    text = more.get("scan-TOTAL_FORMS", "1")
    number = int(text) if text.isdecimal() and len(text) < 4 else 1
    more["scan-TOTAL_FORMS"] = str(min(number + 1, _MOST_ROWS))
    return more


def _systems() -> list[tuple[int, str]]:
    """Return the systems that have CT studies."""
    studies = Study.objects.filter(system=OuterRef("pk"), modality="CT")
    found = System.objects.filter(Exists(studies)).order_by("display_name")
    return list(found.values_list("pk", "display_name"))
