"""What a site decides once: identity of patients, retention, periods of the home page."""

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

_LONGEST_DAYS = 36_525
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


class RetentionForm(PageForm):
    """What is kept, and how long."""

    switches = True
    units = {"keep_days": "days", "quarantine_days": "days"}

    keep_reports = forms.BooleanField(
        required=False,
        label="Keep a copy of dose reports",
        help_text="Identity taken out as on the page about privacy. With it, a later version of "
        "Kerma can read the report again without asking the archive.",
    )
    keep_image_headers = forms.BooleanField(
        required=False,
        label="Keep the headers of images",
        help_text="Without pixel data, some kilobytes each.",
    )
    keep_days = forms.IntegerField(
        label="Days to keep copies",
        min_value=0,
        max_value=_LONGEST_DAYS,
        help_text="0 keeps them for good. Older ones are removed by the command kerma tidy, "
        "which a daily job should run.",
    )
    quarantine_days = forms.IntegerField(
        label="Days to keep objects in quarantine",
        min_value=1,
        max_value=_LONGEST_DAYS,
        help_text="The encrypted copies then go; the reasons stay. Applies to new entries.",
    )


class PeriodsForm(PageForm):
    """The two periods of the home page."""

    units = {"first": "days", "second": "days"}

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
            _note(request, form)
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
def retention(request: HttpRequest) -> HttpResponse:
    """Choose what Kerma keeps of the objects."""
    initial = {name: options.get(name) for name in RetentionForm.base_fields}
    form = RetentionForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with transaction.atomic():
            for name, _, new in form.changes():
                options.put(name, new)
            _note(request, form)
        messages.success(request, "Saved.")
        return redirect("retention")
    names = list(form.fields)
    parts = [
        Part("Kerma’s own copies of objects", [form[name] for name in names[:3]]),
        Part("Quarantine", [form[names[3]]]),
    ]
    about = "What Kerma keeps beside the database, and for how long."
    return _page(request, form, "Retention", about, parts)


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def home_periods(request: HttpRequest) -> HttpResponse:
    """Choose the periods of the home page for users who chose none."""
    first, second = options.get("home_workload_days")
    form = PeriodsForm(
        request.POST if request.method == "POST" else None,
        initial={"first": first, "second": second},
    )
    if form.is_valid():
        with transaction.atomic():
            options.put(
                "home_workload_days", [form.cleaned_data["first"], form.cleaned_data["second"]]
            )
            _note(request, form)
        messages.success(request, "Saved.")
        return redirect("home-periods")
    part = Part(
        "Workload on the home page",
        [form["first"], form["second"]],
        "Each user can choose other periods under “Your settings”.",
    )
    about = "For users who have not chosen their own."
    return _page(request, form, "Home page", about, [part])


def _note(request: HttpRequest, form: PageForm) -> None:
    """Write an entry of the audit log for each change."""
    for name, old, new in form.changes():
        label = str(form.fields[name].label)
        note(request, "change setting", setting=label, old=old, new=new)


def _page(
    request: HttpRequest, form: PageForm, heading: str, about: str, parts: list[Part]
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "heading": heading, "about": about, "parts": parts}
    return render(request, "web/settings_form.html", context)
