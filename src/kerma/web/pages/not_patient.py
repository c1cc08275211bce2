"""Not-patient indicators: patterns on names and ids that tell tests from patients."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kerma.store.models import NotPatientPattern
from kerma.store.not_patient import HISTORIC, add_historic
from kerma.store.portions import mark_some, named_studies
from kerma.web.access import groups
from kerma.web.actor import note
from kerma.web.formats import plural
from kerma.web.forms import PageForm
from kerma.web.work import SECONDS, Step, Work, carry_on

_HEADINGS = (
    (NotPatientPattern.Target.ID, "Patient ID"),
    (NotPatientPattern.Target.NAME, "Patient name"),
)


class PatternForm(PageForm):
    """A new pattern, or another text for one that is there."""

    target = forms.ChoiceField(choices=NotPatientPattern.Target.choices, widget=forms.HiddenInput)
    pattern = forms.CharField(label="Pattern", max_length=200)

    def clean_pattern(self) -> str:
        """Return the pattern; one that meets everybody is a mistake."""
        text: str = self.cleaned_data["pattern"]
        if not text.strip("*? "):
            raise forms.ValidationError("This pattern would mark every patient as a test.")
        return text


@require_http_methods(["GET", "HEAD", "POST"])
@groups("admin")
def patterns(request: HttpRequest) -> HttpResponse:
    """Show the patterns, and take a new one."""
    form = PatternForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        _, made = NotPatientPattern.objects.get_or_create(**form.cleaned_data)
        if made:
            note(request, "add pattern", **form.cleaned_data)
        return redirect("test-data")
    known = list(NotPatientPattern.objects.order_by("target", "pattern"))
    there = {(one.target, one.pattern) for one in known}
    context = {
        "parts": [_part(target, heading, known, form) for target, heading in _HEADINGS],
        "missing": sum(pair not in there for pair in HISTORIC),
        "named": named_studies().count(),
    }
    return render(request, "web/not_patient.html", context)


def _part(
    target: str, heading: str, known: list[NotPatientPattern], form: PatternForm | None
) -> dict[str, object]:
    own = form if form is not None and form.data.get("target") == target else None
    return {
        "heading": heading,
        "patterns": [one for one in known if one.target == target],
        "form": own or PatternForm(initial={"target": target}, auto_id=f"{target}_%s"),
    }


@require_POST
@groups("admin")
@transaction.atomic
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Give a pattern another text, or delete it."""
    one = get_object_or_404(NotPatientPattern, pk=number)
    old = one.pattern
    if request.POST.get("do") == "delete":
        one.delete()
        note(request, "delete pattern", target=one.target, pattern=old)
        messages.success(request, f"The pattern {old} is deleted.")
        return redirect("test-data")
    form = PatternForm({"target": one.target, "pattern": request.POST.get("pattern", "")})
    if not form.is_valid():
        messages.error(request, " ".join(str(text) for text in form.errors["pattern"]))
        return redirect("test-data")
    new = form.cleaned_data["pattern"]
    one.delete()
    NotPatientPattern.objects.get_or_create(target=one.target, pattern=new)
    note(request, "change pattern", target=one.target, old=old, new=new)
    messages.success(request, f"The pattern {old} is now {new}.")
    return redirect("test-data")


@require_POST
@groups("admin")
def historic(request: HttpRequest) -> HttpResponse:
    """Add the patterns that older systems had built in."""
    count = add_historic()
    note(request, "add historic patterns", added=count)
    messages.success(request, f"{plural(count, 'pattern')} added.")
    return redirect("test-data")


@require_http_methods(["GET", "POST"])
@groups("admin")
def apply(request: HttpRequest) -> HttpResponse:
    """Compare stored names and ids with the patterns of today."""

    def portion(step: Step) -> Step:
        done = mark_some(step.after, SECONDS)
        return step.next(done.after, done.done, done.changed)

    def finished(step: Step) -> str:
        note(request, "apply patterns", studies=step.done, changed=step.changed)
        return f"{plural(step.done, 'study')} compared; the mark of {step.changed} changed."

    about = "Studies whose names and ids are not stored, or only as hashes, keep their marks."
    back = reverse("test-data")
    work = Work(
        "Applying the patterns", about, portion, named_studies().count, finished, back,
        "apply-patterns",
    )  # fmt: skip
    return carry_on(request, work)
