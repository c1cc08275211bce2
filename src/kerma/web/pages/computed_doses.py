"""Which doses Kerma computes itself, with which coefficients; a change is worked off by a task."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from kerma.dosimetry.effective_dose import CtSet, ct_sets
from kerma.dosimetry.mammography import MammographySet, mammography_sets
from kerma.dosimetry.nuclear import NuclearSet, nuclear_sets
from kerma.dosimetry.sets import BadSet
from kerma.pipeline import computed
from kerma.store import jobs, options
from kerma.store.models import Task
from kerma.web.access import groups
from kerma.web.actor import actor, note
from kerma.web.forms import PageForm
from kerma.web.pages.policies import Part, note_changes
from kerma.web.task_lines import TaskLine
from kerma.web.task_lines import line as task_line

_CHOICES = {
    "ct_effective_dose_set": "Coefficients for CT",
    "nm_effective_dose_set": "Coefficients for nuclear medicine",
    "agd_set": "Tables for mammography",
}
_SWITCHES = ("compute_ssde", "compute_effective_dose", "compute_agd")
_CHOOSE = "Choose tables, or leave the switch off."
_NO_TABLES = (
    "There are no tables. Put a file into the folder coefficients/mammography of the data folder "
    "first."
)
AnySet = CtSet | NuclearSet | MammographySet


class Known(NamedTuple):
    """All sets that may be chosen."""

    ct: dict[str, CtSet]
    nuclear: dict[str, NuclearSet]
    mammography: dict[str, MammographySet]


class Shown(NamedTuple):
    """One set, for the list on the page."""

    kind: str
    title: str
    source: str
    valid: str


class ComputedForm(PageForm):
    """What is computed, with which sets."""

    switches = True

    compute_ssde = forms.BooleanField(
        required=False,
        label="Size-specific dose estimate of CT",
        help_text="By AAPM Report 204 from the diameter that the dose report gives, or else that "
        "of the images; trunk only.",
    )
    ct_size_from_images = forms.BooleanField(
        required=False,
        label="Measure patients in the CT images that arrive",
        help_text="About one axial image in 10 mm, for reports that give no diameter. No image is "
        "kept; those that arrived before are not measured.",
    )
    compute_effective_dose = forms.BooleanField(
        required=False,
        label="Effective dose of CT and nuclear medicine",
        help_text="DLP or activity times a coefficient for region or agent, age and tube voltage.",
    )
    compute_agd = forms.BooleanField(
        required=False,
        label="Average glandular dose of mammography",
        help_text="Beside the displayed one, by factors from a file of your site.",
    )

    def __init__(self, *args: Any, known: Known, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known = known
        kinds: tuple[Mapping[str, AnySet], ...] = known
        for name, sets in zip(_CHOICES, kinds, strict=True):
            field = forms.ChoiceField(
                label=_CHOICES[name],
                required=False,
                choices=[("", "None"), *((one.name, one.title) for one in sets.values())],
            )
            field.widget.attrs["class"] = "input"
            self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """Refuse a switch without coefficients."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("compute_agd") and not given.get("agd_set"):
            self.add_error("agd_set", _CHOOSE if self._known.mammography else _NO_TABLES)
        if given.get("compute_effective_dose") and not (
            given.get("ct_effective_dose_set") or given.get("nm_effective_dose_set")
        ):
            self.add_error("ct_effective_dose_set", "Choose coefficients, or leave the switch off.")
        return given


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def computed_doses(request: HttpRequest) -> HttpResponse:
    """Choose what is computed."""
    try:
        known = _known()
    except BadSet as error:
        return render(request, "web/computed_doses.html", {"fault": str(error)})
    names = [*_SWITCHES, "ct_size_from_images", *_CHOICES]
    initial = dict(zip(names, options.several(*names), strict=True))
    form = ComputedForm(
        request.POST if request.method == "POST" else None, initial=initial, known=known
    )
    if form.is_valid():
        if form.has_changed():
            _save(request, form)
        return redirect("computed-doses")
    context = {
        "form": form,
        "parts": _parts(form),
        "sets": _shown(known),
        "task": _task(),
        "gone": _gone(initial, known),
        "is_on": any(initial[name] for name in _SWITCHES),
        "folder": str(computed.site_folder()),
    }
    return render(request, "web/computed_doses.html", context)


@require_POST
@groups("admin")
def again(request: HttpRequest) -> HttpResponse:
    """Compute all studies anew, as after a change of a file of coefficients."""
    with transaction.atomic():
        _start(request)
    messages.success(request, "The doses are computed anew in the background.")
    return redirect("computed-doses")


def _save(request: HttpRequest, form: ComputedForm) -> None:
    with transaction.atomic():
        for name, _, new in form.changes():
            options.put(name, new)
        note_changes(request, form)
        _start(request)
    messages.success(
        request, "Saved. Stored studies are computed anew in the background; new ones follow it."
    )


def _start(request: HttpRequest) -> None:
    """Enqueue the work, in place of what is still under way."""
    for task in Task.objects.filter(job=computed.JOB, state__in=_UNDER_WAY):
        jobs.cancel(task.pk)
    jobs.enqueue(computed.JOB, "Compute doses of all studies", user=actor(request))
    note(request, "start computing doses")


_UNDER_WAY = (Task.State.QUEUED, Task.State.RUNNING)


def _task() -> TaskLine | None:
    """Return the task that was asked for last."""
    found = Task.objects.filter(job=computed.JOB).order_by("-pk").first()
    return task_line(found) if found else None


def _known() -> Known:
    folder = computed.site_folder()
    return Known(ct_sets(folder), nuclear_sets(folder), mammography_sets(folder))


def _parts(form: ComputedForm) -> list[Part]:
    return [
        Part(
            "Computed tomography",
            [form["compute_ssde"], form["ct_size_from_images"]],
            "Without a phantom in the report, or with the 16 cm phantom and no region, there is no "
            "value. Heads have none: AAPM Report 293 is not included.",
        ),
        Part(
            "Effective dose",
            [
                form["compute_effective_dose"],
                form["ct_effective_dose_set"],
                form["nm_effective_dose_set"],
            ],
            "It is shown with its method and a caveat on the page of a study, and can be chosen as "
            "a column of the lists; it is never a default column and is in no alert.",
        ),
        Part(
            "Mammography",
            [form["compute_agd"], form["agd_set"]],
            "Kerma brings no tables: those of Dance are not free to pass on. Not for "
            "tomosynthesis.",
        ),
    ]


def _gone(chosen: Mapping[str, Any], known: Known) -> list[str]:
    """Return the chosen sets that are not there any more."""
    kinds: tuple[Mapping[str, AnySet], ...] = known
    pairs = zip(_CHOICES, kinds, strict=True)
    return [chosen[name] for name, sets in pairs if chosen[name] and chosen[name] not in sets]


def _shown(known: Known) -> list[Shown]:
    return [
        *(Shown("CT", one.title, one.source, one.valid) for one in known.ct.values()),
        *(Shown("Nuclear medicine", s.title, s.source, s.valid) for s in known.nuclear.values()),
        *(Shown("Mammography", one.title, one.source, "") for one in known.mammography.values()),
    ]
