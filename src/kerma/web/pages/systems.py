"""Systems: display names and modalities of all devices, several changed at once."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kerma.query.columns import HEADINGS
from kerma.store import options
from kerma.store.models import Device, Study, System, UntrustedObserverModel
from kerma.store.options import ADOPT_DISPLAY_NAMES
from kerma.store.portions import sort_some
from kerma.store.systems import NoName, rename_only, set_modality_only, uids_to_sort
from kerma.web.access import BROWSE, groups, may
from kerma.web.actor import actor, note
from kerma.web.formats import plural
from kerma.web.work import SECONDS, Step, Work, carry_on

OTHER = "Without studies"
"""Heading of the devices that no study refers to."""


class Line(NamedTuple):
    """A device as one modality shows it."""

    device: Device
    modality: str
    studies: int
    latest: object
    address: str


class Part(NamedTuple):
    """The devices that have studies of one modality."""

    heading: str
    lines: list[Line]
    studies: int


@require_safe
@groups(*BROWSE, "admin")
def systems(request: HttpRequest) -> HttpResponse:
    """List devices by modality; administrators can change them."""
    words = request.GET.get("q", "").strip()
    context = {
        "words": words,
        "parts": _parts(_devices(words)),
        "names": System.objects.order_by("display_name").values_list("display_name", flat=True),
        "modalities": System.Modality.choices,
        "untrusted_by_settings": sorted(settings.KERMA_UNTRUSTED_OBSERVER_MODELS),
        "adopts": options.get(ADOPT_DISPLAY_NAMES),
        "untrusted": "\n".join(
            UntrustedObserverModel.objects.order_by("model").values_list("model", flat=True)
        ),
        "changes": may(request.user, "admin"),
    }
    return render(request, "web/systems.html", context)


def _devices(words: str) -> list[Device]:
    found = Device.objects.select_related("system").order_by("system__display_name", "pk")
    for word in words.split():
        meets = Q(system__display_name__icontains=word)
        for name in Device.IDENTITY:
            meets |= Q(**{f"{name}__icontains": word})
        found = found.filter(meets)
    return list(found)


def _parts(devices: Iterable[Device]) -> list[Part]:
    """Return the devices under each modality they have studies of, in two queries in all."""
    by_device: dict[int, list[tuple[str, int, object]]] = defaultdict(list)
    for row in study_counts():
        latest = row["latest"] if row["latest"].year > 1 else None  # 1: no study has a date
        by_device[row["device"]].append((row["modality"], row["studies"], latest))
    lines: dict[str, list[Line]] = defaultdict(list)
    for device in devices:
        for modality, studies, latest in by_device.get(device.pk, [("", 0, None)]):
            address = reverse("device", args=[device.pk, (modality or "none").lower()])
            lines[modality].append(Line(device, modality, studies, latest, address))
    headings = {**HEADINGS, "": OTHER}
    return [
        Part(headings[name], lines[name], sum(line.studies for line in lines[name]))
        for name in headings
        if lines[name]
    ]


def study_counts() -> "QuerySet[Any, Any]":
    """Return number and latest date of the studies of each device and modality."""
    counts = Study.objects.values("device", "modality").annotate(
        studies=Count("pk"), latest=Max("date_time")
    )
    return counts.order_by()


@require_POST
@groups("admin")
def edit(request: HttpRequest) -> HttpResponse:
    """Give the devices chosen a display name, or their systems a modality."""
    numbers = {int(text) for text in request.POST.getlist("chosen") if text.isdecimal()}
    devices = list(Device.objects.filter(pk__in=numbers).select_related("system"))
    if not devices:
        messages.warning(request, "Choose one or more devices first.")
        return redirect("systems")
    if request.POST.get("do") == "modality":
        return _set_modality(request, devices)
    return _rename(request, devices)


def _rename(request: HttpRequest, devices: list[Device]) -> HttpResponse:
    try:
        system, to_sort = rename_only(devices, request.POST.get("name", ""), actor(request))
    except NoName as error:
        messages.error(request, str(error))
        return redirect("systems")
    messages.success(request, f"{plural(len(devices), 'device')} named “{system.display_name}”.")
    return _sort_or_back([system] if to_sort else [])


def _set_modality(request: HttpRequest, devices: list[Device]) -> HttpResponse:
    modality = request.POST.get("modality", "")
    if modality not in ("", *System.Modality.values):
        return HttpResponse(status=400)
    chosen = {device.system_id: device.system for device in devices}
    for system in chosen.values():
        set_modality_only(system, modality, actor(request))
    words = System.Modality(modality).label if modality else "decided by its objects"
    names = ", ".join(f"“{system.display_name}”" for system in chosen.values())
    messages.success(request, f"Modality of {names}: {words}.")
    return _sort_or_back(list(chosen.values()))


def _sort_or_back(found: list[System]) -> HttpResponse:
    """Go on to sorting the studies of a system anew, or back to the list."""
    if not found:
        return redirect("systems")
    later = ",".join(str(system.pk) for system in found[1:])
    address = reverse("system-sort", args=[found[0].pk])
    return redirect(f"{address}?then={later}" if later else address)


@require_http_methods(["GET", "POST"])
@groups("admin")
def sort(request: HttpRequest, number: int) -> HttpResponse:
    """Decide the modality of the projection studies of a system anew."""
    system = get_object_or_404(System, pk=number)
    later = [text for text in request.GET.get("then", "").split(",") if text.isdecimal()]
    back = reverse("systems")
    if later:
        rest = ",".join(later[1:])
        back = reverse("system-sort", args=[later[0]]) + (f"?then={rest}" if rest else "")

    def portion(step: Step) -> Step:
        done = sort_some(system, step.after, SECONDS)
        return step.next(done.after, done.done, done.changed)

    def finished(step: Step) -> str:
        moved = f"{plural(step.changed, 'study')} moved to another modality."
        return f"{plural(step.done, 'study')} of “{system.display_name}” looked at; {moved}"

    heading = f"Sorting the studies of {system.display_name}"
    about = "Each projection study goes where its system or its content says."
    work = Work(
        heading, about, portion, uids_to_sort(system).count, finished, back,
        "sort-studies", {"systems": [number, *map(int, later)]},
    )  # fmt: skip
    return carry_on(request, work)


@require_POST
@groups("admin")
def naming(request: HttpRequest) -> HttpResponse:
    """Keep how new devices get their names."""
    adopts = request.POST.get("adopts") == "on"
    if adopts != options.get(ADOPT_DISPLAY_NAMES):
        options.put(ADOPT_DISPLAY_NAMES, adopts)
        note(
            request,
            "change setting",
            setting="Name known devices by their observer UID",
            new=adopts,
        )
    wanted = {line.strip() for line in request.POST.get("untrusted", "").splitlines()} - {""}
    known = set(UntrustedObserverModel.objects.values_list("model", flat=True))
    if wanted != known:
        UntrustedObserverModel.objects.filter(model__in=known - wanted).delete()
        UntrustedObserverModel.objects.bulk_create(
            [UntrustedObserverModel(model=model) for model in sorted(wanted - known)]
        )
        note(
            request,
            "change setting",
            setting="Models whose observer UID is not to be trusted",
            old=sorted(known),
            new=sorted(wanted),
        )
    messages.success(request, "Saved. It applies to devices that are seen from now on.")
    return redirect("systems")
