"""One device under one modality: what its studies hold, and deleting them; and failed imports."""

from typing import Any, NamedTuple

from django import forms
from django.db.models import Count, Max, Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from kerma.pipeline.keep import discard
from kerma.query.columns import HEADINGS
from kerma.store.forget import forget_study, remove_if_unused
from kerma.store.models import Device, Study
from kerma.web.access import groups
from kerma.web.actor import actor
from kerma.web.formats import plural
from kerma.web.pages.delete import ReasonForm
from kerma.web.work import Step, Work, carry_on, through

_SHOWN = 100
"""Studies of a device that are listed; the figures above count all."""

_HOLDS = (
    ("Events", Q(number_of_events__gt=0)),
    ("Dose", Q(dlp_mgycm__isnull=False) | Q(dap_gym2__isnull=False) | Q(rp_dose_gy__isnull=False)
     | Q(agd_max_mgy__isnull=False) | Q(administered_activity_mbq__isnull=False)),
    ("Description", ~Q(study_description="")),
    ("Accession number", ~Q(accession_number="")),
    ("Size", Q(height_m__isnull=False) & Q(weight_kg__isnull=False)),
)  # fmt: skip
"""Heading -> condition: what a study may hold."""


class Held(NamedTuple):
    """One study with what it holds."""

    study: Study
    holds: list[tuple[str, bool]]


class DeleteForm(ReasonForm):
    """What goes, and why."""

    and_device = forms.BooleanField(
        required=False,
        label="Remove the entry of the device as well",
        help_text="Leave it off where studies that come later shall fall under the same name. "
        "An entry with studies of another modality always stays.",
    )


@require_safe
@groups("admin")
def device(request: HttpRequest, number: int, modality: str) -> HttpResponse:
    """Show which data each study of a device holds."""
    return render(request, "web/device.html", _context(number, modality, DeleteForm()))


@require_POST
@groups("admin")
def delete(request: HttpRequest, number: int, modality: str) -> HttpResponse:
    """Ask a second time, then delete the studies of a device that have the modality shown."""
    form = DeleteForm(request.POST)
    context = _context(number, modality, form)
    if not form.is_valid():
        return render(request, "web/device.html", context)
    if request.POST.get("sure") != "yes":
        return render(request, "web/device_sure.html", context)
    found, studies = context["device"], context["studies"]
    removed = form.cleaned_data["and_device"]

    def finished(step: Step) -> str:
        gone = removed and remove_if_unused(found, actor(request))
        entry = " The entry of the device is removed." if gone else ""
        return f"{plural(step.changed, 'study')} deleted.{entry}"

    reason = form.cleaned_data["reason"]
    work = _deleting(request, studies, reason, finished, reverse("systems"))
    chosen = {"device": number, "modality": modality.upper(), "and_device": removed}
    return carry_on(request, work._replace(arguments={**work.arguments, **chosen}))


def _context(number: int, modality: str, form: DeleteForm) -> dict[str, Any]:
    found = get_object_or_404(Device.objects.select_related("system"), pk=number)
    if modality != "none" and modality.upper() not in HEADINGS:
        raise Http404
    studies = Study.objects.filter(device=found, modality=modality.upper())
    shown = studies.select_related("system").order_by("-date_time", "-pk")[:_SHOWN]
    return {
        "device": found,
        "identity": [
            (name.replace("_", " ").capitalize(), getattr(found, name)) for name in Device.IDENTITY
        ],
        "modality": modality,
        "heading": HEADINGS.get(modality.upper(), "No studies"),
        "studies": studies,
        "of_all": Study.objects.filter(device=found).count(),
        "figures": _figures(studies),
        "headings": [heading for heading, _ in _HOLDS],
        "rows": _rows(list(shown)),
        "shown": _SHOWN,
        "form": form,
        "within": "systems",
    }


def _figures(studies: "QuerySet[Study]") -> dict[str, Any]:
    """Return how many studies there are, with and without events, and from when to when."""
    return studies.aggregate(
        count=Count("pk"),
        empty=Count("pk", filter=Q(number_of_events=0)),
        first=Min("study_date"),
        last=Max("study_date"),
    )


def _rows(studies: list[Study]) -> list[Held]:
    """Return the studies with what each holds, asked in one query for each kind of data."""
    numbers = [study.pk for study in studies]
    chosen = Study.objects.filter(pk__in=numbers)
    having = {
        heading: set(chosen.filter(condition).values_list("pk", flat=True))
        for heading, condition in _HOLDS
    }
    return [
        Held(study, [(heading, study.pk in having[heading]) for heading, _ in _HOLDS])
        for study in studies
    ]


def _deleting(
    request: HttpRequest, studies: "QuerySet[Study]", reason: str, finished: Any, back: str
) -> Work:
    def forget(study: Study) -> bool:
        forget_study(study, actor(request), discard, reason)
        return True

    def portion(step: Step) -> Step:
        return through(studies.select_related("system"), step, forget)

    about = "Studies, events, sources and Kerma’s copies of the objects go."
    return Work(
        "Deleting studies", about, portion, studies.count, finished, back,
        "delete-studies", {"reason": reason},
    )  # fmt: skip


@require_safe
@groups("admin")
def failed(request: HttpRequest) -> HttpResponse:
    """List the studies without any event, by modality."""
    found = Study.objects.filter(number_of_events=0)
    counts = found.values("modality").annotate(count=Count("pk")).order_by("modality")
    modality = request.GET.get("modality", "").upper()
    chosen = found.filter(modality=modality) if modality in HEADINGS else found
    context = {
        "counts": [(row["modality"], HEADINGS.get(row["modality"], row["modality"]), row["count"])
                   for row in counts],
        "modality": modality if modality in HEADINGS else "",
        "studies": chosen.select_related("system").order_by("-date_time", "-pk")[:_SHOWN],
        "count": chosen.count(),
        "shown": _SHOWN,
        "form": ReasonForm(),
    }  # fmt: skip
    return render(request, "web/failed.html", context)


@require_POST
@groups("admin")
def delete_failed(request: HttpRequest) -> HttpResponse:
    """Delete the studies without any event, of one modality or all."""
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return redirect("failed-imports")
    studies = Study.objects.filter(number_of_events=0)
    if request.POST.get("modality"):
        studies = studies.filter(modality=request.POST["modality"])

    def finished(step: Step) -> str:
        return f"{plural(step.changed, 'study')} without events deleted."

    reason = form.cleaned_data["reason"]
    back = reverse("failed-imports")
    work = _deleting(request, studies, reason, finished, back)
    chosen = {"modality": request.POST.get("modality", "")}
    return carry_on(request, work._replace(arguments={**work.arguments, **chosen}))
