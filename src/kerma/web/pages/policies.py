"""What a site decides once: identity of patients, and what the home page shows."""

from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kerma.store import options
from kerma.store.models import IdentityPolicy
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.forms import PageForm

_CHOICES = [("store", "Store"), ("hash", "Store a hash"), ("drop", "Do not store")]


class Part(NamedTuple):
    """Some fields under a heading."""

    heading: str
    fields: list[BoundField]
    note: str = ""


class PrivacyForm(PageForm):
    """What becomes of each part of a patient's identity."""

    name = forms.ChoiceField(
        label="Patient name",
        choices=_CHOICES,
        widget=forms.RadioSelect,
        help_text="Stored, the group pid can search any part of it. As a hash, only the whole "
        "name in the same spelling is found, and nobody can read it.",
    )
    patient_id = forms.ChoiceField(
        label="Patient ID",
        choices=_CHOICES,
        widget=forms.RadioSelect,
        help_text="A stored id or its hash tells which studies belong to one patient. Without "
        "either, sums over the studies of a patient are not possible.",
    )
    birth_date = forms.ChoiceField(
        label="Date of birth",
        choices=[_CHOICES[0], _CHOICES[2]],
        widget=forms.RadioSelect,
        help_text="The age at the study is kept in any case: it is worked out first.",
    )
    accession_number = forms.ChoiceField(
        label="Accession number",
        choices=_CHOICES,
        widget=forms.RadioSelect,
        help_text="As a hash, it can be searched as a whole, and an import of patient sizes still "
        "finds the study. Not stored, sizes can be matched by Study Instance UID only.",
    )


class PeriodsForm(PageForm):
    """The two periods of the home page."""

    switches = True
    units = {"first": "days", "second": "days"}

    home_shows_workload = forms.BooleanField(
        required=False,
        label="Show the workload",
        help_text="The numbers of studies of two periods for each system.",
    )
    first = forms.IntegerField(label="First period", min_value=1, max_value=3660)
    second = forms.IntegerField(label="Second period", min_value=1, max_value=3660)


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def privacy(request: HttpRequest) -> HttpResponse:
    """Choose what is kept of the identity of patients."""
    policy = IdentityPolicy.objects.get_or_create(pk=1)[0]
    initial = {name: getattr(policy, name) for name in PrivacyForm.base_fields}
    form = PrivacyForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            IdentityPolicy.objects.filter(pk=1).update(**form.cleaned_data)
            note_changes(request, form)
        messages.success(request, "Saved. It applies to objects that arrive from now on.")
        return redirect("privacy")
    part = Part(
        "Before anything is saved",
        [form[name] for name in form.fields],
        "A change applies to what arrives from now on; what is stored stays as it is. Hashes are "
        "made with the key of this site, so that nobody else can make the same.",
    )
    about = "The policy is applied to the record and to every kept copy, before they are saved."
    return _page(request, form, "Patients and privacy", about, [part])


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def home_periods(request: HttpRequest) -> HttpResponse:
    """Choose the periods of the home page for users who chose none."""
    first, second = options.get("home_workload_days")
    form = PeriodsForm(
        request.POST if request.method == "POST" else None,
        initial={
            "home_shows_workload": options.get("home_shows_workload"),
            "first": first,
            "second": second,
        },
    )
    if form.is_valid():
        with transaction.atomic():
            options.put("home_shows_workload", form.cleaned_data["home_shows_workload"])
            options.put(
                "home_workload_days", [form.cleaned_data["first"], form.cleaned_data["second"]]
            )
            note_changes(request, form)
        messages.success(request, "Saved.")
        return redirect("home-periods")
    part = Part(
        "Workload on the home page",
        [form["home_shows_workload"], form["first"], form["second"]],
        "Each user can choose other periods under “Your settings”.",
    )
    about = "What everybody sees; the periods hold for users who have not chosen their own."
    said = "Everybody sees it with their next page."
    return _page(request, form, "Home page", about, [part], said)


def note_changes(request: HttpRequest, form: PageForm) -> None:
    """Write an entry of the audit log for each change."""
    for name, old, new in form.changes():
        label = str(form.fields[name].label)
        note(request, "change setting", setting=label, old=old, new=new)


def _page(
    request: HttpRequest,
    form: PageForm,
    heading: str,
    about: str,
    parts: list[Part],
    said: str = "",
) -> HttpResponse:
    """Show the form; `said` stands beside its button."""
    context: dict[str, Any] = {"form": form, "heading": heading, "about": about}
    context |= {"parts": parts, "said": said}
    return render(request, "web/settings_form.html", context)
