"""What a site decides about skin dose maps: whether, on which body, geometries and calibrations."""

from typing import NamedTuple

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from kerma.dosimetry.skin.geometry import BadGeometry, Geometry, find, read
from kerma.dosimetry.skin.tables import source
from kerma.pipeline import skin_dose
from kerma.store import jobs, options, skin_maps
from kerma.store.models import Device, SkinGeometry, TubeCalibration
from kerma.web import skin_words
from kerma.web.access import groups
from kerma.web.actor import actor, note
from kerma.web.pages.policies import Part, note_changes
from kerma.web.skin_forms import CalibrationForm, GeometryForm, SkinForm, initial_of, parts_of

_OPTIONS = ("skin_maps", "skin_body", "skin_sum", "skin_sum_weeks")


class Model(NamedTuple):
    """One model of fluoroscopy equipment that has studies, with its geometry."""

    manufacturer: str
    model: str
    version: str
    studies: int
    geometry: Geometry
    of_site: bool
    look: str
    words: str
    source: str
    address: str


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def settings(request: HttpRequest) -> HttpResponse:
    """Choose what is made, and see what is known of each model."""
    initial = dict(zip(_OPTIONS, options.several(*_OPTIONS), strict=True))
    form = SkinForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            for name in form.changed_data:
                options.put(name, form.cleaned_data[name])
            note_changes(request, form)
            if {"skin_maps", "skin_body"} & set(form.changed_data) and options.get("skin_maps"):
                _again(request, "Skin dose maps of all studies")
        messages.success(request, "Saved.")
        return redirect("skin-settings")
    return _page(request, form, CalibrationForm(initial={"factor": 1.0}))


@require_POST
@groups("admin")
def again(request: HttpRequest) -> HttpResponse:
    """Make all maps anew that are not those of today's geometry, calibration and size."""
    _again(request, "Skin dose maps of all studies")
    messages.success(request, "The maps are looked through in the background.")
    return redirect("skin-settings")


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def geometry(request: HttpRequest) -> HttpResponse:
    """Enter what the angles, positions and fields of a model mean."""
    manufacturer, model, version = _device(request)
    known = find(manufacturer, model, version, _of_site(manufacturer, model))
    form = GeometryForm(
        request.POST if request.method == "POST" else None, initial=initial_of(known)
    )
    if form.is_valid():
        _save(request, form, (manufacturer, model, version))
        messages.success(request, "Saved. The maps of this model are made anew in the background.")
        return redirect("skin-settings")
    own = SkinGeometry.objects.filter(manufacturer__iexact=manufacturer, model__iexact=model)
    context = {
        "form": form,
        "device": " ".join(filter(None, (manufacturer, model))),
        "version": version,
        "parts": parts_of(form),
        "known": known,
        "known_source": source(known.source),
        "known_note": source(known.note),
        "own": own.order_by("software_version"),
    }
    return render(request, "web/skin_geometry.html", context)


@require_POST
@groups("admin")
def delete_geometry(request: HttpRequest) -> HttpResponse:
    """Forget an entry of the site; what comes with Kerma holds again."""
    number = request.POST.get("number", "")
    if not number.isdecimal():
        raise BadRequest("No entry was chosen.")
    entry = get_object_or_404(SkinGeometry, pk=number)
    with transaction.atomic():
        note(
            request,
            "delete skin geometry",
            device=f"{entry.manufacturer} {entry.model}",
            version=entry.software_version,
        )
        _again(request, f"Skin dose maps of {entry.model}", entry.manufacturer, entry.model)
        entry.delete()
    messages.success(request, "Deleted.")
    return redirect("skin-settings")


@require_POST
@groups("admin")
def calibration(request: HttpRequest) -> HttpResponse:
    """Enter the calibration of a tube from a day on."""
    form = CalibrationForm(request.POST)
    if not form.is_valid():
        initial = dict(zip(_OPTIONS, options.several(*_OPTIONS), strict=True))
        return _page(request, SkinForm(initial=initial), form)
    given = form.cleaned_data
    key = {name: given[name] for name in ("system", "plane", "valid_from")}
    with transaction.atomic():
        TubeCalibration.objects.update_or_create(
            **key, defaults={"factor": given["factor"], "comment": given["comment"]}
        )
        note(
            request,
            "enter tube calibration",
            system=given["system"].display_name,
            plane=given["plane"],
            factor=given["factor"],
            day=str(given["valid_from"]),
        )
        _again(
            request, f"Skin dose maps of {given['system'].display_name}", system=given["system"].pk
        )
    messages.success(request, "Saved. The maps of this system are made anew in the background.")
    return redirect("skin-settings")


@require_POST
@groups("admin")
def delete_calibration(request: HttpRequest, number: int) -> HttpResponse:
    """Forget a calibration."""
    entry = get_object_or_404(TubeCalibration.objects.select_related("system"), pk=number)
    with transaction.atomic():
        note(
            request,
            "delete tube calibration",
            system=entry.system.display_name,
            plane=entry.plane,
            factor=entry.factor,
            day=str(entry.valid_from),
        )
        _again(request, f"Skin dose maps of {entry.system.display_name}", system=entry.system_id)
        entry.delete()
    messages.success(request, "Deleted.")
    return redirect("skin-settings")


def _page(request: HttpRequest, form: SkinForm, calibration_form: CalibrationForm) -> HttpResponse:
    context = {
        "form": form,
        "parts": [Part("Maps", [form[name] for name in _OPTIONS])],
        "models": _models(),
        "calibration_form": calibration_form,
        "calibrations": TubeCalibration.objects.select_related("system").order_by(
            "system__display_name", "plane", "-valid_from"
        ),
        "entries": SkinGeometry.objects.order_by("manufacturer", "model", "software_version"),
    }
    return render(request, "web/skin_settings.html", context)


def _models() -> list[Model]:
    """Return the models that have fluoroscopy studies, by one query and one for each model."""
    found = (
        Device.objects.filter(studies__modality=skin_dose.MODALITY)
        .values_list("manufacturer", "model", "software_versions")
        .annotate(number=Count("studies"))
        .order_by("manufacturer", "model", "software_versions")
    )
    return [_model(*row) for row in found]


def _model(manufacturer: str, model: str, version: str, studies: int) -> Model:
    own = _of_site(manufacturer, model)
    known = find(manufacturer, model, version, own)
    look, words = skin_words.STATE_WORDS[known.state]
    pairs = {"manufacturer": manufacturer, "model": model, "version": version}
    return Model(
        manufacturer,
        model,
        version,
        studies,
        known,
        known in own,
        look,
        words,
        source(known.source),
        f"{reverse('skin-geometry')}?{urlencode(pairs)}",
    )


def _of_site(manufacturer: str, model: str) -> list[Geometry]:
    """Return what the site says; nothing where an entry cannot be read, so it can be deleted."""
    try:
        return read(skin_maps.geometries(manufacturer, model))
    except BadGeometry:
        return []


def _device(request: HttpRequest) -> tuple[str, str, str]:
    manufacturer, model, version = (
        request.GET.get(name, "").strip() for name in ("manufacturer", "model", "version")
    )
    if not (manufacturer or model):
        raise BadRequest("The address names neither manufacturer nor model.")
    return manufacturer, model, version


def _save(request: HttpRequest, form: GeometryForm, device: tuple[str, str, str]) -> None:
    manufacturer, model, version = device
    given, chosen = form.cleaned_data, form.settings()
    with transaction.atomic():
        SkinGeometry.objects.update_or_create(
            manufacturer=manufacturer,
            model=model,
            software_version="" if given["all_versions"] else version,
            defaults={
                "state": given["state"],
                "settings": chosen,
                "comment": given["comment"],
            },
        )
        note(
            request,
            "change skin geometry",
            device=f"{manufacturer} {model}",
            version=version,
            state=given["state"],
            **{name: str(value) for name, value in chosen.items()},
        )
        _again(request, f"Skin dose maps of {model}", manufacturer, model)


def _again(
    request: HttpRequest, title: str, manufacturer: str = "", model: str = "", system: int = 0
) -> None:
    jobs.enqueue(
        "skin-maps",
        title,
        user=actor(request),
        manufacturer=manufacturer,
        model=model,
        system=system,
    )
